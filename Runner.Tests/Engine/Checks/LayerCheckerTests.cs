using System.Globalization;
using System.Text.RegularExpressions;
using Cnn.Engine.Checks;
using Cnn.Engine.Graph;
using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Checks;

/// <summary>The checks find a layer that does one thing wrong, and say where.</summary>
[Trait("Category", "Unit")]
public class LayerCheckerTests
{
    private const string Text = """
        layer { name: 'in' type: 'Input' top: 'in' input_param { shape { dim: 2 dim: 3 dim: 2 } } }
        layer { name: 'mine' type: 'Wrong' bottom: 'in' top: 'out' }
        layer { name: 'relu' type: 'ReLU' bottom: 'out' top: 'relu' }
        """;

    [Fact]
    public void ALayerThatIsRightHolds()
    {
        LayerCheckReport report = Check(Fault.None);

        Assert.True(report.Holds, report.Failures());
        Assert.Equal(("mine", "Wrong", ""), (report.Name, report.Type, report.Failures()));
        Assert.Equal("13 of 13", report[LayerCheck.Gradient].Extent);
        Assert.Equal("1-4", report[LayerCheck.Threads].Extent);
        Assert.Equal("refused", report[LayerCheck.InPlace].Extent);
        Assert.Equal("4 of 4", report[LayerCheck.SmallShapes].Extent);
        Assert.Equal("6 of 6", report[LayerCheck.Reshaping].Extent);
    }

    [Theory]
    [InlineData(Fault.BottomGradient, LayerCheck.Gradient, "bottom 'in' at [1, 0, 1], value ")]
    [InlineData(Fault.BottomUnwritten, LayerCheck.Gradient, "bottom 'in' at [0, 2, 1], value ")]
    [InlineData(Fault.BottomDiffAdds, LayerCheck.Gradient, "the layer's gradient is NaN")]
    [InlineData(Fault.ParameterGradient, LayerCheck.Gradient, "parameter 0 at [0], value ")]
    [InlineData(Fault.ParameterOverwritten, LayerCheck.Gradient, "parameter 0 at [0], value ")]
    [InlineData(Fault.Threads, LayerCheck.Threads, "top 'out' at [0, 1, 1] is ")]
    [InlineData(Fault.Repeats, LayerCheck.Threads, "top 'out' at [0, 1, 1] is ")]
    [InlineData(Fault.Unwritten, LayerCheck.Threads, "Forward does not write top 'out' at [0, 1, 1]")]
    [InlineData(Fault.Allocation, LayerCheck.Allocation, "allocates 32 bytes")]
    [InlineData(Fault.InPlace, LayerCheck.InPlace, "the gradient of bottom 'in' at [0, 0, 0] is ")]
    [InlineData(Fault.TopValues, LayerCheck.InPlace, "NeedsTopValues is false")]
    [InlineData(Fault.NoItems, LayerCheck.SmallShapes, "with no items: it throws DivideByZeroException: ")]
    [InlineData(Fault.Reshaping, LayerCheck.Reshaping, "with more items: top 'out' at [2, 0, 0] is 1 after the ")]
    public void ALayerThatIsWrongIsFound(Fault fault, LayerCheck check, string expected)
    {
        LayerCheckReport report = Check(fault);

        Assert.False(report.Holds);
        Assert.Equal(CheckOutcome.Fails, report[check].Outcome);
        Assert.Contains(expected, report[check].Detail, StringComparison.Ordinal);
        Assert.Contains($"mine (Wrong): {check}: ", report.Failures(), StringComparison.Ordinal);
    }

    [Fact]
    public void AWrongGradientIsToldWithBothValues()
    {
        string detail = Check(Fault.ParameterGradient)[LayerCheck.Gradient].Detail;

        var values = Regex.Match(
            detail, "the layer's gradient is (-?[0-9.]+), the numerical one (-?[0-9.]+) ");
        Assert.True(values.Success, detail);
        Assert.Equal(Number(1), -Number(2), 1e-2);

        double Number(int group) => double.Parse(
            values.Groups[group].Value, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void AGradientThatIsTooSmallForTheLastDigitOfTheTopsIsNotCompared()
    {
        // The derivative of TanH there is 7.4e-8, and its values are 1 in single precision.
        NetDefinition net = NetDefinition.Parse("""
            layer { name: 'in' type: 'DummyData' top: 'in'
              dummy_data_param { shape { dim: 4 } data_filler { type: 'constant' value: 8.9 } } }
            layer { name: 'tanh' type: 'TanH' bottom: 'in' top: 'tanh' }
            """);

        LayerCheckResult gradient = LayerChecker.Check(net)[1][LayerCheck.Gradient];

        Assert.Equal(
            (CheckOutcome.DoesNotApply, "no value was found at which its tops have a derivative"),
            (gradient.Outcome, gradient.Detail));
    }

    [Fact]
    public void TheLayersThatAreNamedAreChecked()
    {
        var options = Options(Fault.Threads);

        Assert.Equal(
            ["relu"],
            LayerChecker.Check(NetDefinition.Parse(Text), options, new LayerCheckOptions { Layers = ["relu"] })
                .Select(r => r.Name));
        Assert.Equal(
            ["in", "mine", "relu"], LayerChecker.Check(NetDefinition.Parse(Text), options).Select(r => r.Name));

        CnnException unknown = Assert.Throws<CnnException>(() => LayerChecker.Check(
            NetDefinition.Parse(Text), options, new LayerCheckOptions { Layers = ["rely"] }));
        Assert.Contains("has no layer 'rely'", unknown.Message, StringComparison.Ordinal);
        Assert.Equal("did you mean 'relu'?", unknown.Diagnostics[0].Hint);
    }

    [Fact]
    public void LabelsThatAreMadeUpAreClassesAndLayersThatWriteFilesDoNotRun()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "out.h5");
        NetDefinition net = NetDefinition.Parse($$"""
            layer { name: 'x' type: 'Input' top: 'x' input_param { shape { dim: 4 dim: 3 } } }
            layer { name: 'label' type: 'Input' top: 'label' input_param { shape { dim: 4 } } }
            layer { name: 'loss' type: 'SoftmaxWithLoss' bottom: 'x' bottom: 'label' top: 'loss' }
            layer { name: 'top' type: 'Accuracy' bottom: 'x' bottom: 'label' top: 'top' }
            layer { name: 'h5' type: 'HDF5Output' bottom: 'x' bottom: 'label'
              hdf5_output_param { file_name: '{{file}}' } }
            """);

        IReadOnlyList<LayerCheckReport> reports = LayerChecker.Check(net);

        Assert.All(reports, report => Assert.True(report.Holds, report.Failures()));
        Assert.Equal("12 of 12", reports[2][LayerCheck.Gradient].Extent);
        Assert.Equal("it has no gradient", reports[3][LayerCheck.Gradient].Detail);
        Assert.All(reports[4].Results, r => Assert.Equal("it writes files", r.Detail));
        Assert.False(File.Exists(file));
    }

    private static NetOptions Options(Fault fault)
    {
        var registry = new LayerRegistry();
        registry.Add("Wrong", context => new WrongLayer(context, fault));
        return new NetOptions { Phase = Phase.Train, Layers = registry };
    }

    private static LayerCheckReport Check(Fault fault) => LayerChecker.Check(
        NetDefinition.Parse(Text), Options(fault), new LayerCheckOptions { Layers = ["mine"] })[0];
}
