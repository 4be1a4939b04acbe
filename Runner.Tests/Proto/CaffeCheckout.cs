using Cnn.Engine.Graph;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Proto;

/// <summary>
/// A checkout of the real Caffe's sources on this machine, named by CNN_CAFFE_CHECKOUT, and facts about its files.
/// </summary>
internal static class CaffeCheckout
{
    // Layers that read data that a checkout does not contain.
    private static readonly HashSet<string> Sources = ["Data", "HDF5Data", "ImageData", "WindowData"];

    public static string? Folder => Environment.GetEnvironmentVariable("CNN_CAFFE_CHECKOUT");

    /// <summary>Returns a net's facts: layers in the file, then learned parameters and values in each phase.</summary>
    /// <param name="path">The file.</param>
    /// <param name="item">The shape of one item of its data layers' first top: 3x227x227.</param>
    public static string Net(string path, string item)
    {
        NetParameter net = ProtoFile.LoadNet(path).Message;
        return $"{net.Name}: {net.Layer.Count} layers; TRAIN {Parameters(net, Phase.Train, item)}; "
            + $"TEST {Parameters(net, Phase.Test, item)}";
    }

    /// <summary>Returns a solver's facts.</summary>
    public static string Solver(string path)
    {
        SolverParameter s = ProtoFile.LoadSolver(path).Message;
        return FormattableString.Invariant($"{s.Type} {s.BaseLr} {s.LrPolicy} {s.MaxIter}");
    }

    private static string Parameters(NetParameter definition, Phase phase, string item)
    {
        using var pool = new WorkerPool(1);
        var net = new NetParameter { Name = definition.Name };
        net.Layer.Add(NetFilter.Keep(definition.Layer, State(phase), new SourceMap()));
        for (int i = 0; i < net.Layer.Count; i++)
        {
            if (Sources.Contains(net.Layer[i].Type))
            {
                net.Layer[i] = Input(net.Layer[i], item);
            }
        }

        try
        {
            using Net built = Cnn.Engine.Graph.Net.Construct(
                new NetDefinition(net), new NetOptions { Phase = phase, Pool = pool });
            return $"{built.Learnable.Count} of {built.Learnable.Sum(p => (long)p.Blob.Count)}";
        }
        catch (CnnException exception)
        {
            return exception.Diagnostics[0].Message;
        }
    }

    // The autoencoder's solver tests with this stage.
    private static NetState State(Phase phase) =>
        phase == Phase.Test
            ? new NetState { Phase = phase, Stage = { "test-on-test" } }
            : new NetState { Phase = phase };

    private static LayerParameter Input(LayerParameter source, string item)
    {
        var layer = new LayerParameter { Name = source.Name, Type = "Input", InputParam = new InputParameter() };
        layer.Top.Add(source.Top);
        for (int top = 0; top < source.Top.Count; top++)
        {
            long[] dims = top == 0 ? [2, .. item.Split('x').Select(long.Parse)] : [2];
            layer.InputParam.Shape.Add(new BlobShape { Dim = { dims } });
        }

        return layer;
    }
}
