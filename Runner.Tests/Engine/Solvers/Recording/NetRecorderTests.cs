using System.Diagnostics;
using Cnn.Engine.Graph;
using Cnn.Engine.Runs;
using Cnn.Engine.Solvers.Recording;
using Cnn.Proto;

namespace Cnn.Tests.Engine.Solvers.Recording;

[Trait("Category", "Unit")]
public sealed class NetRecorderTests : IDisposable
{
    private readonly TemporaryFolder folder = new();
    private readonly RunWriter writer;

    public NetRecorderTests() => writer = RunWriter.Open(folder["run"], new RunInfo());

    public void Dispose()
    {
        writer.Dispose();
        folder.Dispose();
    }

    [Fact]
    public void WithoutAnIntervalItIsATwentiethOfTheRun()
    {
        using Net net = Convolution(1, 2, 2);
        var recorder = new NetRecorder(net, new SolverParameter { MaxIter = 80 }, 1);

        Assert.Equal(
            Enumerable.Range(0, 20).Select(i => 4 * i).Append(79), Enumerable.Range(0, 80).Where(recorder.IsDue));
    }

    [Fact]
    public void AnIntervalThatIsGivenGoesBeforeTheLengthOfTheRun()
    {
        using Net net = Convolution(1, 2, 2);
        var recorder = new NetRecorder(net, new SolverParameter { MaxIter = 40, RunHistograms = 15 }, 1);

        Assert.Equal([0, 15, 30, 39], Enumerable.Range(0, 40).Where(recorder.IsDue));
    }

    // 6 tiles of 5 x 5 are in 3 columns, 15 pixels wide, so a pixel is 240 / 15 = 16 wide and a gap half of that; one
    // of 20 x 2 is 20 pixels high; 256 of 2 x 2 are in 20 columns, 40 pixels wide; those of 300 x 1 are not enlarged.
    [Theory]
    [InlineData(6, 5, 5, (3 * 88) - 8, (2 * 88) - 8, "")]
    [InlineData(1, 20, 2, 24, 240, "")]
    [InlineData(300, 2, 2, (20 * 15) - 3, (13 * 15) - 3, "256 of 300 tiles")]
    [InlineData(2, 300, 1, 3, 300, "")]
    public void FiltersAreEnlargedUntilTheyFillTheirPlace(
        int outputs, int height, int width, int pictureWidth, int pictureHeight, string caption)
    {
        using Net net = Convolution(outputs, height, width);
        new NetRecorder(net, new SolverParameter { MaxIter = 10, RunHistograms = 1 }, 1).Write(writer, 0);

        RunSeries<RunImage> series = Assert.Single(writer.Snapshot().ImageSeries);
        RunImage picture = Assert.Single(series.Items).Value;
        Assert.Equal("filters/conv", series.Name);
        Assert.Equal((pictureWidth, pictureHeight, caption), (picture.Width, picture.Height, picture.Caption));
    }

    [Fact]
    public void AHistogramOfASmallArrayCountsAllValues()
    {
        using Net net = InnerProduct(3, 2);
        ((ReadOnlySpan<float>)[1, 2, 3, 4, 5, 9]).CopyTo(net.FindLayer("ip").Parameters[0].Data);
        new NetRecorder(net, new SolverParameter { MaxIter = 10, RunHistograms = 1 }, 1).Write(writer, 0);

        RunHistogram weights = WeightsOf("ip");
        Assert.Equal((6, 1, 9, 24), (weights.Counts.Sum(), weights.Min, weights.Max, weights.Sum));
    }

    // 196608 values are three times as many as a histogram counts.
    [Fact]
    public void AHistogramOfALargeArrayCountsAnEvenSample()
    {
        using Net net = InnerProduct(256, 768);
        Span<float> values = net.FindLayer("ip").Parameters[0].Data;
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = i % 3 == 0 ? 1 : 0;
        }

        new NetRecorder(net, new SolverParameter { MaxIter = 10, RunHistograms = 1 }, 1).Write(writer, 0);

        RunHistogram weights = WeightsOf("ip");
        Assert.Equal((65536, 1, 1, 65536), (weights.Counts.Sum(), weights.Min, weights.Max, weights.Sum));
    }

    // With two passes a step, three steps of 600 seconds are six passes of 300.
    [Fact]
    public void TheTimesAreThoseOfAPassInTheThreeStepsAfterARecord()
    {
        using Net net = Convolution(1, 2, 2);
        var recorder = new NetRecorder(net, new SolverParameter { MaxIter = 100, RunHistograms = 10 }, 2);
        for (int iteration = 0; iteration < 3; iteration++)
        {
            Step(recorder, net, iteration, 600);
            Assert.Empty(writer.Snapshot().LayerTimes);
        }

        Step(recorder, net, 3, 600);
        Assert.InRange(TimeOf("conv"), 300_000, 310_000);

        for (int iteration = 4; iteration < 14; iteration++)
        {
            Step(recorder, net, iteration, 60);
        }

        Assert.InRange(TimeOf("conv"), 30_000, 31_000);
        Assert.Null(net.Timer);
    }

    private void Step(NetRecorder recorder, Net net, int iteration, int seconds)
    {
        recorder.BeginStep();
        Assert.Equal(iteration % 10 is > 0 and < 4, net.Timer is not null);
        net.Timer?.AddForward(1, Stopwatch.GetTimestamp() - (seconds * Stopwatch.Frequency));
        recorder.EndStep(writer, iteration);
    }

    private static Net Convolution(int outputs, int height, int width) => Net.Build(NetDefinition.Parse($$"""
        layer { name: "data" type: "Input" top: "data"
          input_param { shape { dim: 1 dim: 1 dim: {{height}} dim: {{width}} } } }
        layer { name: "conv" type: "Convolution" bottom: "data" top: "conv" convolution_param {
          num_output: {{outputs}} kernel_h: {{height}} kernel_w: {{width}} bias_term: false } }
        """));

    private static Net InnerProduct(int outputs, int inputs) => Net.Build(NetDefinition.Parse($$"""
        layer { name: "data" type: "Input" top: "data" input_param { shape { dim: 1 dim: {{inputs}} } } }
        layer { name: "ip" type: "InnerProduct" bottom: "data" top: "ip" inner_product_param {
          num_output: {{outputs}} bias_term: false } }
        """));

    private RunHistogram WeightsOf(string layer) =>
        writer.Snapshot().HistogramSeries.Single(h => h.Name == $"weights/{layer}.0").Items.Single().Value;

    private double TimeOf(string layer) => writer.Snapshot().LayerTimes.Single(t => t.Layer == layer).Forward;
}
