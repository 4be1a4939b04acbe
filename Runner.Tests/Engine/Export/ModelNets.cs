using System.Reflection;
using System.Text.RegularExpressions;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Export;

/// <summary>The nets of Models/ in their TEST phase, each with each of its stages, at a small batch size.</summary>
internal static partial class ModelNets
{
    /// <summary>The items of a batch.</summary>
    public const int Batch = 2;

    private const int Side = 67;

    private const string Whole = "alexnet/deploy.prototxt";

    // Nets that take images of any size, and have 61 to 144 million weights for 227 x 227 pixels. One keeps them.
    private static readonly string[] Scaled = ["alexnet", "caffenet", "vgg16", "vgg19", "zfnet"];

    /// <summary>The nets: a file below Models/, and stages with a space between them.</summary>
    public static IEnumerable<(string Name, string Stages)> All =>
        from path in Directory.EnumerateFiles(
            Repository.PathOf("Models"), "*", SearchOption.AllDirectories).Order(StringComparer.Ordinal)
        where path.EndsWith(".prototxt", StringComparison.Ordinal)
            || (path.EndsWith(".yaml", StringComparison.Ordinal)
                && !File.Exists(Path.ChangeExtension(path, ".prototxt")))
        let name = Path.GetRelativePath(Repository.PathOf("Models"), path).Replace('\\', '/')
        where !name.Contains("solver", StringComparison.Ordinal)
            && !name.Contains("/bin/", StringComparison.Ordinal)
            && !name.Contains("/results/", StringComparison.Ordinal)
        from stages in StagesOf(name)
        select (name, stages);

    /// <summary>Builds a net; inputs that the file does not size have the size of its data.</summary>
    /// <param name="name">The file below Models/.</param>
    /// <param name="stages">Its stages.</param>
    /// <param name="pool">The threads.</param>
    /// <param name="outputFolder">Where it writes files.</param>
    public static Net Build(string name, string stages, WorkerPool pool, string outputFolder)
    {
        string text = File.ReadAllText(Repository.PathOf("Models", name))
            .Replace("num_output: CLASSES", "num_output: 4", StringComparison.Ordinal)
            .Replace("Models/svm", outputFolder.Replace('\\', '/'), StringComparison.Ordinal);
        NetDefinition definition = name.EndsWith(".yaml", StringComparison.Ordinal)
            ? NetDefinition.Load(Repository.PathOf("Models", name))
            : NetDefinition.Parse(text);
        bool isScaled = name != Whole && Scaled.Contains(name.Split('/')[0]);
        foreach (BlobShape input in definition.Message.Layer.SelectMany(l => l.InputParam?.Shape ?? []))
        {
            if (isScaled)
            {
                (input.Dim[2], input.Dim[3]) = (Side, Side);
            }
        }

        int[]? shape = name.Split('/')[0] switch
        {
            "svm" when name == "svm/svm.prototxt" => [Batch, 50],
            "cifar10" => [Batch, 3, 32, 32],
            "images" => [Batch, 3, 44, 44],
            "lenet5-1998" => [Batch, 1, 32, 32],
            "activations" or "autoencoder-init" or "imagenet-overfit" or "lenet" or "lenet-theano"
                or "mnist-autoencoder" or "mnist-siamese" or "plugin-layer" or "svm" or "toolbox-cnn" =>
                [Batch, 1, 28, 28],
            _ when isScaled => [Batch, 3, Side, Side],
            _ => null,
        };
        IEnumerable<string> sources = definition.Message.Layer
            .Where(l => l.Bottom.Count == 0 && l.Type.EndsWith("Data", StringComparison.Ordinal))
            .Select(l => l.Top[0]).Distinct();
        return Net.Build(definition, new NetOptions
        {
            Phase = Phase.Test,
            Pool = pool,
            BuildsQuietly = true,
            Layers = LayersOf(name),
            Stages = stages.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            MadeUp = new MadeUpData
            {
                Batch = Batch,
                Shapes = shape is null ? [] : sources.ToDictionary(s => s, _ => shape),
            },
        });
    }

    /// <summary>The layer types that a net is made of.</summary>
    public static LayerRegistry LayersOf(string name)
    {
        LayerRegistry layers = new();
        if (name.StartsWith("plugin-layer/", StringComparison.Ordinal))
        {
            layers.AddFrom(Assembly.LoadFrom(Repository.PluginAssembly));
        }

        return layers;
    }

    // Each stage that a file names, and none. Some nets are not whole without a stage, or without two.
    private static IEnumerable<string> StagesOf(string name)
    {
        string[] stages =
        [
            .. Stage().Matches(File.ReadAllText(Repository.PathOf("Models", name)))
                .Select(m => m.Groups["name"].Value).Distinct(),
        ];
        return name switch
        {
            "activations/net.prototxt" => stages.Select(s => s is "mean" or "histogram" ? $"tanh {s}" : s),
            "lenet-theano/lenet_train_test.prototxt" or "mnist-autoencoder/autoencoder.prototxt"
                or "svm/features.prototxt" => stages,
            "activations/tower.yaml" => ["depth4", "depth8", "depth16"],
            _ => stages.Prepend(""),
        };
    }

    [GeneratedRegex("stage: *\"(?<name>[\\w-]+)\"")]
    private static partial Regex Stage();
}
