using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Cnn.Tests.Proto.Formats.Idx;

namespace Cnn.Tests.Models;

/// <summary>
/// The files of a folder of Models/, with a handful of images in place of MNIST, so that nets build and train on any
/// machine.
/// </summary>
internal sealed class ModelFolder(string name) : IDisposable
{
    /// <summary>The number of images in the stand-in, which are one batch.</summary>
    public const int Images = 20;

    private readonly TemporaryFolder folder = new();
    private readonly WorkerPool pool = new(2);

    /// <summary>Requires that a folder's nets say the same in YAML as in prototxt.</summary>
    public static void RequireYamlNets(string name)
    {
        foreach (string file in (string[])["deploy", "train_val"])
        {
            Assert.Equal(Net($"{file}.prototxt"), Net($"{file}.yaml"));
        }

        NetParameter Net(string file) => ProtoFile.LoadNet(Repository.PathOf("Models", name, file)).Message;
    }

    /// <summary>As <see cref="RequireYamlNets"/>, for the folder's solver too.</summary>
    public static void RequireYamlTwins(string name)
    {
        RequireYamlNets(name);
        Assert.Equal(Solver("solver.prototxt"), Solver("solver.yaml"));

        SolverParameter Solver(string file) => ProtoFile.LoadSolver(Repository.PathOf("Models", name, file)).Message;
    }

    /// <summary>Returns the path of a file in the model's folder.</summary>
    public string PathOf(string file) => Repository.PathOf("Models", name, file);

    /// <summary>Reads the definition in a file, unchanged.</summary>
    public NetParameter Definition(string file) => ProtoFile.LoadNet(PathOf(file)).Message;

    /// <summary>Reads the definition in a file, with the stand-in for its data.</summary>
    public NetParameter WithStandIn(string file)
    {
        NetParameter net = Definition(file);
        ReadStandIn(net);
        return net;
    }

    /// <summary>Builds a net of the folder.</summary>
    public Net Build(string file, Phase phase, params string[] stages)
    {
        NetDefinition definition = NetDefinition.Load(PathOf(file));
        ReadStandIn(definition.Message);
        return Net.Build(definition, new NetOptions { Phase = phase, Stages = stages, Pool = pool });
    }

    /// <summary>Builds a solver of the folder, which has only one batch to learn.</summary>
    /// <param name="file">The solver's file.</param>
    /// <param name="change">What to change in its definition.</param>
    public Solver Prepare(string file, Action<SolverParameter>? change = null)
    {
        SolverParameter solver = ProtoFile.LoadSolver(PathOf(file)).Message;
        NetDefinition net = NetDefinition.Load(Repository.PathOf(solver.Net));
        ReadStandIn(net.Message);
        solver.ClearNet();
        solver.NetParam = net.Message;
        solver.SnapshotPrefix = folder["snapshot"];
        solver.Display = 0;
        change?.Invoke(solver);
        return new Solver(new SolverDefinition(solver, net.Sources), new SolverOptions { Pool = pool });
    }

    /// <summary>Returns the losses of some steps over one batch.</summary>
    public float[] Train(string file, int steps, Action<SolverParameter>? change = null)
    {
        Solver solver = Prepare(file, s =>
        {
            s.TestInterval = 0;
            s.TestIter.Clear();
            s.TestState.Clear();
            s.EarlyStopping = null;
            change?.Invoke(s);
        });
        List<float> losses = [];
        solver.Progressed += progress => losses.Add(progress.IterationLoss);
        for (int i = 0; i < steps; i++)
        {
            solver.Step();
        }

        return [.. losses];
    }

    /// <summary>Counts the learned values of each layer that has any, and of all together.</summary>
    public static Dictionary<string, int> Counts(Net net)
    {
        var counts = net.Layers.Where(l => l.Layer.Blobs.Count > 0)
            .ToDictionary(l => l.Name, l => l.Layer.Blobs.Sum(b => b.Count));
        counts["all"] = net.Learnable.Sum(p => p.Blob.Count);
        return counts;
    }

    /// <summary>Replaces a net's Data layers by inputs of colour images and labels.</summary>
    public static NetParameter WithInput(NetParameter net, int images, int size)
    {
        foreach (LayerParameter data in net.Layer.Where(l => l.Type == "Data"))
        {
            data.Type = "Input";
            data.DataParam = null;
            data.TransformParam = null;
            data.InputParam = new InputParameter
            {
                Shape = { new BlobShape { Dim = { images, 3, size, size } }, new BlobShape { Dim = { images } } },
            };
        }

        return net;
    }

    public void Dispose()
    {
        pool.Dispose();
        folder.Dispose();
    }

    private void ReadStandIn(NetParameter net)
    {
        string images = folder["images"], labels = folder["labels"];
        if (!File.Exists(images))
        {
            File.WriteAllBytes(images, DigitLikeImages());
            File.WriteAllBytes(labels, IdxFiles.Labels(Images));
        }

        foreach (IdxDataParameter data in net.Layer.Select(l => l.IdxDataParam).Where(p => p is not null))
        {
            data.Images = images;
            if (data.HasLabels)
            {
                data.Labels = labels;
            }

            data.BatchSize = Images;
            data.ClearFirst();
            data.ClearCount();
        }
    }

    // A bright bar, at a different position for each label.
    private static byte[] DigitLikeImages()
    {
        byte[] pixels = new byte[Images * 28 * 28];
        for (int image = 0; image < Images; image++)
        {
            int label = image % 10, first = (image * 28 * 28) + ((4 + (2 * label)) * 28);
            pixels.AsSpan(first + label, 14).Fill((byte)(255 - image));
            pixels.AsSpan(first + 28 + label, 14).Fill((byte)(200 - image));
        }

        return [.. IdxFiles.Header(2051, Images, 28, 28), .. pixels];
    }
}
