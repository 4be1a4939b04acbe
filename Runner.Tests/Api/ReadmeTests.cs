using System.Text.RegularExpressions;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Tests.Docs;

namespace Cnn.Tests.Api;

/// <summary>The documents' C# examples compile, run and do what they say.</summary>
[Trait("Category", "Unit")]
public sealed partial class ReadmeTests : IDisposable
{
    private const string Deploy = """
        name: "Small"
        layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 64 dim: 1 dim: 28 dim: 28 } } }
        layer { name: "conv1" type: "Convolution" bottom: "data" top: "conv1"
          convolution_param { num_output: 20 kernel_size: 5 weight_filler { type: "xavier" } } }
        layer { name: "ip1" type: "InnerProduct" bottom: "conv1" top: "ip1"
          inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
        layer { name: "prob" type: "Softmax" bottom: "ip1" top: "prob" }
        """;

    private const string Solver = """
        net_param {
          layer { name: "digits" type: "Digits" top: "data" top: "label" digits_param { batch_size: 8 }
            transform_param { scale: 0.00390625 } }
          layer { name: "ip1" type: "InnerProduct" bottom: "data" top: "ip1"
            inner_product_param { num_output: 10 weight_filler { type: "xavier" } } }
          layer { name: "loss" type: "SoftmaxWithLoss" bottom: "ip1" bottom: "label" top: "loss" }
        }
        test_iter: 1 test_interval: 10 base_lr: 0.01 lr_policy: "fixed" max_iter: 400 snapshot_after_train: false
        random_seed: 3
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("cnn-readme-").FullName;
    private readonly ReadmeExamples examples;

    public ReadmeTests()
    {
        examples = new ReadmeExamples(folder);
        File.WriteAllText(At("deploy.prototxt"), Deploy);
        File.WriteAllText(At("solver.prototxt"), Solver);
        using Net net = Net.Load(At("deploy.prototxt"));
        net.SaveWeights(At("lenet.caffemodel"));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void EveryCodeBlockOfTheDocumentsIsCompiledHere()
    {
        string[] code =
        [
            Plain(File.ReadAllText(Repository.PathOf("Runner.Tests", "Api", "ReadmeExamples.cs"))),
            Plain(File.ReadAllText(Repository.PathOf("Runner.Tests", "Api", "SquareplusLayer.cs"))),
        ];
        DocumentBlock[] blocks = [.. DocumentFile.OfDocs.SelectMany(f => f.Blocks("csharp"))];

        Assert.True(blocks.Length >= 7);
        Assert.All(blocks, block => Assert.Contains(
            code,
            compiled => compiled.Contains(WithoutUsings(Plain(block.Text)), StringComparison.Ordinal)
                && Usings().Matches(block.Text).All(u => compiled.Contains(u.Value, StringComparison.Ordinal))));
    }

    [Fact]
    public void TheExampleThatClassifiesGivesProbabilities()
    {
        float[] probabilities = examples.Classify([.. Enumerable.Range(0, 784).Select(i => i / 784f)]);

        Assert.Equal(10, probabilities.Length);
        Assert.Equal(1, probabilities.Sum(), 5);
    }

    [Fact]
    public void TheExampleThatTrainsWritesWeightsThatFit()
    {
        examples.Train();

        using WeightsFile file = WeightsFile.Open(At("trained.caffemodel"));
        Assert.Contains(file.Layers, l => l.Name == "ip1" && l.Blobs.Count == 2);
    }

    [Fact]
    public void TheExampleOfSeveralProcessesTrainsInOne()
    {
        examples.TrainTogether();

        Assert.True(File.Exists(At("together.caffemodel")));
    }

    [Fact]
    public void TheExampleOfSurgeryRemovesOneFilterAndKeepsTheOthers()
    {
        examples.Operate();

        using Net before = Net.Load(At("deploy.prototxt"), At("lenet.caffemodel"));
        using Net after = Net.Load(At("deploy.prototxt"), At("without-first.caffemodel"));
        Blob was = before.FindLayer("conv1").Parameters[0], now = after.FindLayer("conv1").Parameters[0];
        Assert.False(now.Data[..25].ContainsAnyExcept(0f));
        Assert.True(was.Data[25..].SequenceEqual(now.Data[25..]));
        Assert.True(was.Data[..25].ContainsAnyExcept(0f));
    }

    [Fact]
    public void TheExampleWithALoopOfItsOwnWritesARun()
    {
        examples.Record();

        RunRecord run = RunFolder.Read(At("runs/mine"));
        Assert.Equal(RunState.Completed, run.State);
        Assert.Equal(1000, run.Curves.Single(c => c.Name == "train/loss").Count);
        Assert.True(run.Info.Started > new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    [Fact]
    public void TheExampleWithoutAFileTrainsAndReadsBackAsItWasWritten()
    {
        NetDefinition lenet = ReadmeExamples.Describe();

        Assert.Equal(["digits", "conv1", "pool1", "ip1", "loss"], lenet.Layers);
        Assert.Equal(lenet.ToString(), NetDefinition.Parse(lenet.ToString()).ToString());
    }

    [Fact]
    public void TheExampleOfATypeOfOnesOwnComputes() => Assert.Equal(8, ReadmeExamples.Extend());

    [Fact]
    public void TheLayerOfTheFirstPageComputesAndDifferentiates()
    {
        var layers = new LayerRegistry();
        layers.AddFrom(typeof(SquareplusLayer).Assembly);
        NetDefinition definition = new NetDefinition().Input("x", 2, 3).Add("Squareplus", "y", "x", new { b = 1 });
        using Net net = Net.Build(definition, new NetOptions { Layers = layers, ForceBackward = true });
        net.FindInput("x").Data.Fill(0.75f);
        net.Forward();
        net.SetOutputDiff("y", [1, 1, 1, 1, 1, 1]);
        net.Backward();

        Assert.Equal(1, net.FindBlob("y").Data[5], 6);      // (0.75 + 1.25) / 2
        Assert.Equal(0.8f, net.FindBlob("x").Diff[5], 6);   // (1 + 0.75 / 1.25) / 2
    }

    // The examples look for files in their own folder, the documents' in the current one.
    private static string Plain(string code) => string.Join(
        '\n',
        Regex.Replace(code, "At\\((\"[^\"]*\")\\)", "$1").Split('\n', StringSplitOptions.TrimEntries));

    // A file's usings stand above its namespace.
    private static string WithoutUsings(string code) => Usings().Replace(code, "").TrimStart('\n');

    [GeneratedRegex(@"^using [A-Za-z.]+;\n", RegexOptions.Multiline)]
    private static partial Regex Usings();

    private string At(string file) => Path.Combine(folder, file);
}
