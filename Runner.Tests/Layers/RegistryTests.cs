using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Google.Protobuf.Reflection;

namespace Cnn.Tests.Layers;

/// <summary>Compares the registered layer types with Caffe's and with the schema.</summary>
[Trait("Category", "Unit")]
public class RegistryTests
{
    // The types that a Caffe with the Python layer registers for the CPU.
    private static readonly string[] Caffes =
    [
        "AbsVal", "Accuracy", "ArgMax", "BNLL", "BatchNorm", "BatchReindex", "Bias", "Clip", "Concat",
        "ContrastiveLoss", "Convolution", "Crop", "Data", "Deconvolution", "Dropout", "DummyData", "ELU", "Eltwise",
        "Embed", "EuclideanLoss", "Exp", "Filter", "Flatten", "HDF5Data", "HDF5Output", "HingeLoss", "Im2col",
        "ImageData", "InfogainLoss", "InnerProduct", "Input", "LRN", "LSTM", "LSTMUnit", "Log", "MVN", "MemoryData",
        "MultinomialLogisticLoss", "PReLU", "Parameter", "Pooling", "Power", "Python", "RNN", "ReLU", "Reduction",
        "Reshape", "SPP", "Scale", "Sigmoid", "SigmoidCrossEntropyLoss", "Silence", "Slice", "Softmax",
        "SoftmaxWithLoss", "Split", "Swish", "TanH", "Threshold", "Tile", "WindowData",
    ];

    // Messages of several types, or of none.
    private static readonly string[] Shared = ["ChannelNormalize", "Loss", "Plugin", "Recurrent", "Transformation"];

    [Fact]
    public void EveryTypeOfCaffesIsRegistered()
    {
        Assert.Equal(61, Caffes.Distinct().Count());
        Assert.Equal([], Caffes.Except(new LayerRegistry().Types));
    }

    [Fact]
    public void EveryTypeThatTheSchemaHasAMessageForIsRegistered()
    {
        string[] types =
        [
            .. LayerParameter.Descriptor.Fields.InDeclarationOrder()
                .Where(f => f.FieldType == FieldType.Message && f.Name.EndsWith("_param", StringComparison.Ordinal))
                .Select(f => f.MessageType.Name[..^"Parameter".Length])
                .Except(Shared)
                .Order(StringComparer.Ordinal),
        ];
        Assert.Contains("Maxout", types);
        Assert.Equal([], types.Except(new LayerRegistry().Types));
    }

    [Theory]
    [InlineData("type: 'Python' python_param { module: 'mine' layer: 'Twice' }", "'mine.Twice'")]
    [InlineData("type: 'Python'", "this one")]
    public void APythonLayerThatNoClassStandsForEndsInAnErrorThatNamesThePlugInInterface(
        string definition, string name)
    {
        Diagnostic error = ErrorOf(definition);
        Assert.Equal($"layers in Python, such as {name}, do not run here", error.Message);
        Assert.Contains("--plugin", error.Hint, StringComparison.Ordinal);
        Assert.Contains("Cnn.Layers.Layer", error.Hint, StringComparison.Ordinal);
        Assert.Equal("net.prototxt:1:7", $"{error.Location}");
    }

    [Theory]
    [InlineData("rpn.proposal_layer")]
    [InlineData("proposal_layer")]
    public void ABuiltInClassRunsInThePlaceOfAPythonLayer(string module)
    {
        using var pool = new WorkerPool(1);
        var parameter = TextFormat.Parse<LayerParameter>(
            $"type: 'Python' python_param {{ module: '{module}' layer: 'ProposalLayer' }}", "net.prototxt");
        Layer layer = new LayerRegistry().Create(new LayerContext { Parameter = parameter, Pool = pool });
        Assert.Equal("PythonProposalLayer", layer.GetType().Name);
        Assert.Equal("Python", layer.Type);
        Assert.Contains($"{module}.ProposalLayer", new LayerRegistry().PythonLayers);
    }

    [Theory]
    [InlineData("roi_data_layer.layer.RoIDataLayer")]
    [InlineData("rpn.anchor_target_layer.AnchorTargetLayer")]
    [InlineData("rpn.proposal_target_layer.ProposalTargetLayer")]
    public void TheLayersOfPyFasterRcnnAreBuiltIn(string name) =>
        Assert.Contains(name, new LayerRegistry().PythonLayers);

    [Fact]
    public void TheErrorOfAPythonLayerTellsTheAttributeThatStandsForIt() => Assert.Contains(
        "[PythonLayer(\"mine\", \"Twice\")]",
        ErrorOf("type: 'Python' python_param { module: 'mine' layer: 'Twice' }").Hint,
        StringComparison.Ordinal);

    [Fact]
    public void ANameOfPythonsIsNoTypeOfTheRegistry() => Assert.Equal(
        "unknown layer type 'rpn.proposal_layer.ProposalLayer'",
        ErrorOf("type: 'rpn.proposal_layer.ProposalLayer'").Message);

    [Fact]
    public void AnUnknownTypeNamesItsNearest()
    {
        Diagnostic error = ErrorOf("type: 'LSTN'");
        Assert.Equal("unknown layer type 'LSTN'", error.Message);
        Assert.Contains("LSTM", error.Hint, StringComparison.Ordinal);
    }

    // The table of an assembly's types takes a hundred kilobytes and a millisecond to make.
    [Fact]
    public void ARegistryIsNoMoreThanAReferenceToTheTable()
    {
        const int Registries = 1000;
        object[] made = new object[2 * Registries];
        long bytes = Allocations.OnThisThread(() =>
        {
            for (int i = 0; i < Registries; i++)
            {
                made[i] = new LayerRegistry();
                made[Registries + i] = new FillerRegistry();
            }
        });
        Assert.InRange(bytes, 0, 20L * 2 * Registries * 32);
        Assert.Equal(new LayerRegistry().Types, ((LayerRegistry)made[0]).Types);
    }

    [Fact]
    public void ATypeThatIsAddedToARegistryIsInNoOther()
    {
        var mine = new LayerRegistry();
        mine.Add("Mine", context => throw new NotSupportedException());
        Assert.Contains("Mine", mine.Types);
        Assert.DoesNotContain("Mine", new LayerRegistry().Types);
        Assert.Equal(mine.Types.Order(StringComparer.Ordinal), mine.Types);
        Assert.Contains(
            "there is a layer type 'Mine' already",
            Assert.Throws<CnnException>(() => mine.Add("Mine", context => throw new NotSupportedException())).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void AnAssemblyWithAWrongClassAddsNothing()
    {
        var registry = new LayerRegistry();
        string[] before = [.. registry.Types];

        // The assembly of the built-in layers again: every name is taken.
        Assert.Throws<CnnException>(() => registry.AddFrom(typeof(LayerRegistry).Assembly));
        Assert.Equal(before, registry.Types);
    }

    [Fact]
    public void LayersAndFillersAreMadeOnSeveralThreadsAtOnce()
    {
        var errors = new Exception?[4];
        Thread[] threads =
        [
            .. errors.Select((_, mine) => new Thread(() => errors[mine] = Record.Exception(() =>
            {
                using var pool = new WorkerPool(1);
                for (int i = 0; i < 200; i++)
                {
                    var parameter = new LayerParameter { Type = "ReLU", Name = "relu" };
                    new LayerRegistry().Create(new LayerContext { Parameter = parameter, Pool = pool });
                    new FillerRegistry().Create(new FillerParameter { Type = "xavier" });
                }
            }))),
        ];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());
        Assert.All(errors, Assert.Null);
    }

    private static Diagnostic ErrorOf(string definition)
    {
        using var pool = new WorkerPool(1);
        var sources = new SourceMap();
        var parameter = TextFormat.Parse<LayerParameter>(definition, "net.prototxt", sources);
        var context = new LayerContext { Parameter = parameter, Pool = pool, Sources = sources };
        return Assert.Throws<CnnException>(() => new LayerRegistry().Create(context)).Diagnostics[0];
    }
}
