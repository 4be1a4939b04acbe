using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Bench;

/// <summary>
/// A net whose data sources are replaced by inputs that are filled once, so that only arithmetic is measured.
/// </summary>
internal static class SyntheticNet
{
    private static readonly HashSet<string> KeptTypes = ["Input", "DummyData", "Parameter"];

    /// <summary>
    /// Returns the file of a net: the given path, or the training or deploy net in the folder of Models with that name.
    /// </summary>
    public static string Find(string name, bool isDeploy = false)
    {
        if (File.Exists(name))
        {
            return name;
        }

        for (string? folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            string models = Path.Combine(folder, "Models", name);
            if (Directory.Exists(models))
            {
                return Directory.GetFiles(models, "*.prototxt").OrderBy(f => f.Length).FirstOrDefault(
                    f => Path.GetFileName(f).Contains(isDeploy ? "deploy" : "train_", StringComparison.Ordinal))
                    ?? name;
            }
        }

        return name;
    }

    /// <summary>Reads a net and replaces its data layers.</summary>
    /// <param name="path">The net's file.</param>
    /// <param name="phase">The phase whose layers are kept.</param>
    /// <param name="batch">Items per batch; null keeps the net's own batch size.</param>
    /// <param name="shape">
    /// The shape of an item; null for colour images of the crop's size or, without a crop, what the net's own data
    /// layer gives.
    /// </param>
    /// <param name="pool">The threads to compute with.</param>
    public static NetParameter Load(string path, Phase phase, int? batch, int[]? shape, WorkerPool pool)
    {
        NetDefinition loaded = NetDefinition.Load(path);
        var net = new NetParameter { Name = loaded.Message.Name };
        net.Layer.Add(NetFilter.Keep(loaded.Message.Layer, new NetState { Phase = phase }, loaded.Sources));
        int crop = (int)(
            net.Layer.FirstOrDefault(l => l.TransformParam is { CropSize: > 0 })?.TransformParam.CropSize ?? 0);
        shape ??= crop > 0 ? [3, crop, crop] : null;
        using Net? built = shape is null ? Net.Construct(loaded, new NetOptions { Phase = phase, Pool = pool }) : null;
        for (int i = 0; i < net.Layer.Count; i++)
        {
            LayerParameter layer = net.Layer[i];
            if (layer.Bottom.Count == 0 && (layer.Type == "Input" || !KeptTypes.Contains(layer.Type)))
            {
                net.Layer[i] = Input(layer, batch, shape, built);
            }
        }

        return net;
    }

    /// <summary>
    /// Returns a solver that trains a net. Its learning rate is so small that repeating the same batch cannot overflow;
    /// the work is the same.
    /// </summary>
    public static Solver Trainer(NetParameter definition, WorkerPool pool) => new(
        new SolverDefinition(new SolverParameter
        {
            NetParam = definition, BaseLr = 1e-6f, LrPolicy = "fixed", Momentum = 0.9f, WeightDecay = 0.0005f,
            MaxIter = int.MaxValue, Display = 0, RandomSeed = 1,
        }),
        new SolverOptions { Pool = pool });

    /// <summary>
    /// Builds a net in its TRAIN phase and runs one pass, so that its BatchNorm layers have statistics of its values:
    /// a source of parameters for a net in TEST.
    /// </summary>
    public static Net WithStatistics(NetParameter definition, WorkerPool pool)
    {
        NetParameter training = definition.Clone();
        foreach (LayerParameter layer in training.Layer.Where(l => l.BatchNormParam is not null))
        {
            layer.BatchNormParam.ClearUseGlobalStats();
        }

        Net net = Net.Build(new NetDefinition(training), new NetOptions { Phase = Phase.Train, Pool = pool });
        FillWeights(net);
        FillInputs(net, 10);
        net.Forward();
        return net;
    }

    // Definitions for deployment have no fillers: normal values of a variance of 2 / fan_in instead of zeros.
    private static void FillWeights(Net net)
    {
        var numbers = new Random(1);
        foreach (Blob weights in net.Layers.SelectMany(l => l.Layer.Blobs).Where(b => b.AxisCount > 1))
        {
            double deviation = Math.Sqrt(2.0 * weights.Dim(0) / weights.Count);
            for (int i = 0; i < weights.Count; i++)
            {
                double angle = 2 * Math.PI * numbers.NextDouble(), u = 1 - numbers.NextDouble();
                weights.Data[i] = (float)(deviation * Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(angle));
            }
        }
    }

    /// <summary>Fills the inputs: images with numbers between 0 and 1, labels with the classes in turn.</summary>
    public static void FillInputs(Net net, int classes)
    {
        var numbers = new Random(1);
        foreach (string name in net.Inputs)
        {
            Blob blob = net.FindBlob(name);
            for (int i = 0; i < blob.Count; i++)
            {
                blob.Data[i] = blob.AxisCount == 1 ? i % classes : numbers.NextSingle();
            }
        }
    }

    private static LayerParameter Input(LayerParameter source, int? batch, int[]? shape, Net? built)
    {
        var layer = new LayerParameter { Name = source.Name, Type = "Input", InputParam = new InputParameter() };
        layer.Top.Add(source.Top);
        for (int top = 0; top < source.Top.Count; top++)
        {
            long[] dims = built is not null
                ? [.. built.FindBlob(source.Top[top]).Shape.ToArray().Select(d => (long)d)]
                : top == 0 ? [1, .. shape!.Select(d => (long)d)] : [1];
            dims[0] = batch ?? dims[0];
            layer.InputParam.Shape.Add(new BlobShape { Dim = { dims } });
        }

        return layer;
    }
}
