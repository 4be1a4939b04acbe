using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;
using Cnn.Proto.Forks;
using Serilog;
using Serilog.Core;

namespace Cnn.Tests.Proto.Forks;

/// <summary>Fields of forks in sources of data: mistakes of the layers that read, not of the file.</summary>
[Trait("Category", "Unit")]
public sealed class SourceFieldsTests : IDisposable
{
    private const string Train = """
        layer {
          name: "train" type: "Data" top: "x" include { phase: TRAIN }
          data_param { source: "no/such" batch_size: 2 balance_matches: true }
          transform_param { crop_size: 4 label_mapping { active: true } label_mapping { active: false } }
        }
        layer { name: "test" type: "Input" top: "x" include { phase: TEST } input_param { shape { dim: 1 } } }
        """;

    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Theory]
    [InlineData("TransformationParameter")]
    [InlineData("ResizeParameter")]
    [InlineData("DataParameter")]
    [InlineData("BatchSampler")]
    public void TheMessagesOfASourceAreKnownWithThoseInThem(string message) =>
        Assert.True(SourceFields.Has(CaffeReflection.Descriptor.MessageTypes.Single(m => m.Name == message)));

    [Theory]
    [InlineData("ConvolutionParameter")]
    [InlineData("LayerParameter")]
    [InlineData("PluginParameter")]
    public void OthersAreNot(string message) =>
        Assert.False(SourceFields.Has(CaffeReflection.Descriptor.MessageTypes.Single(m => m.Name == message)));

    [Theory]
    [InlineData("net.prototxt", ":3:48:", ":4:34:")]
    [InlineData("net.yaml", ":9:5:", ":12:5:")]
    public void TheLayerThatReadsIsRefused(string file, string first, string second)
    {
        string path = folder.Write(file, file == "net.prototxt" ? Train : """
            layer:
            - name: train
              type: Data
              top: x
              include: {phase: TRAIN}
              data_param:
                source: no/such
                batch_size: 2
                balance_matches: true
              transform_param:
                crop_size: 4
                label_mapping: [{active: true}, {active: false}]
            """);
        NetDefinition net = NetDefinition.Load(path);

        var error = Assert.Throws<CnnException>(() => Net.Build(net, new NetOptions { Phase = Phase.Train }));

        Assert.Equal(
            [
                $"{path}{first} field 'balance_matches' of DataParameter is of MyCaffe and not supported",
                $"{path}{second} field 'label_mapping' of TransformationParameter is of MyCaffe and not supported",
            ],
            error.Diagnostics.Select(d => d.ToString().Split(';')[0]));
    }

    [Fact]
    public void ALayerOfAnotherPhaseIsNotAsked()
    {
        using Net net = Net.Build(NetDefinition.Parse(Train), new NetOptions { Phase = Phase.Test });

        Assert.Equal(["x"], net.Inputs);
    }

    [Fact]
    public void WhereTheDataIsMadeUpOneWarningTells()
    {
        var lines = new LogLines();
        using Logger log = new LoggerConfiguration().WriteTo.Sink(lines).CreateLogger();
        using Net net = Net.Construct(
            NetDefinition.Parse(Train, "n"),
            new NetOptions { Phase = Phase.Train, MadeUp = new MadeUpData(), Log = log });

        Assert.Equal([2, 3, 4, 4], net.FindBlob("x").Shape);
        Assert.Contains(
            lines.All,
            line => line.StartsWith("n:3:48: field 'balance_matches'", StringComparison.Ordinal)
                && line.Contains("and 1 more; left out, since the data is made up", StringComparison.Ordinal));
    }

    [Fact]
    public void AnUnknownFieldLikeNoOtherMayBeAForks()
    {
        NetDefinition net = NetDefinition.Parse(
            "layer { name: 'd' type: 'Data' top: 'd' data_param { source: 'd' zzz { y: 1 } batch_size: 1 } }", "n");

        Assert.StartsWith(
            "n:1:66: unknown field 'zzz' in DataParameter",
            Assert.Throws<CnnException>(() => Net.Build(net)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AFieldThatIsMisspelledIsAMistakeOfTheFile() => Assert.StartsWith(
        "n:1:22: unknown field 'batchsize' in DataParameter; did you mean 'batch_size'?",
        Assert.Throws<CnnException>(() => NetDefinition.Parse("layer { data_param { batchsize: 1 } }", "n")).Message,
        StringComparison.Ordinal);

    [Fact]
    public void AValueOfAForkIsPostponedToo()
    {
        NetDefinition net = NetDefinition.Parse(
            "layer { name: 'd' type: 'Data' top: 'd' data_param { source: 'd' batch_size: 1 backend: IMAGEDB } }", "n");

        Assert.StartsWith(
            "n:1:89: DB 'IMAGEDB' is of MyCaffe and not supported",
            Assert.Throws<CnnException>(() => Net.Build(net, new NetOptions { Phase = Phase.Train })).Message,
            StringComparison.Ordinal);
    }
}
