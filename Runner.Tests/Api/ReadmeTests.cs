using System.Text.RegularExpressions;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Formats;

namespace Cnn.Tests.Api;

/// <summary>The README's C# examples compile, run and do what it says.</summary>
[Trait("Category", "Unit")]
public sealed class ReadmeTests : IDisposable
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
    public void EveryCodeBlockOfTheReadmeIsCompiledHere()
    {
        string readme = File.ReadAllText(Repository.PathOf("README.md"));
        string code = Plain(File.ReadAllText(Repository.PathOf("Runner.Tests", "Api", "ReadmeExamples.cs")));
        MatchCollection blocks = Regex.Matches(readme, "```csharp\n(.*?)```", RegexOptions.Singleline);

        Assert.True(blocks.Count >= 5);
        foreach (Match block in blocks)
        {
            Assert.Contains(Plain(block.Groups[1].Value), code);
        }
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
    public void TheExampleWithoutAFileTrainsAndReadsBackAsItWasWritten()
    {
        NetDefinition lenet = ReadmeExamples.Describe();

        Assert.Equal(["digits", "conv1", "pool1", "ip1", "loss"], lenet.Layers);
        Assert.Equal(lenet.ToString(), NetDefinition.Parse(lenet.ToString()).ToString());
    }

    [Fact]
    public void TheExampleOfATypeOfOnesOwnComputes() => Assert.Equal(8, ReadmeExamples.Extend());

    // The examples look for files in their own folder, the README's in the current one.
    private static string Plain(string code) => string.Join(
        '\n',
        Regex.Replace(code, "At\\((\"[^\"]*\")\\)", "$1").Split('\n', StringSplitOptions.TrimEntries));

    private string At(string file) => Path.Combine(folder, file);
}
