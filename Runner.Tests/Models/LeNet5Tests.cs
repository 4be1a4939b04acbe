using Cnn.Engine.Graph;
using Cnn.Engine.Solvers;
using Cnn.Proto;
using Cnn.Tests.Runner.Commands;

namespace Cnn.Tests.Models;

/// <summary>LeNet-5 as it was published in 1998.</summary>
[Trait("Category", "Unit")]
public sealed class LeNet5Tests : IDisposable
{
    private const string TrainTest = "lenet5_train_test.prototxt";

    private readonly ModelFolder model = new("lenet5-1998");

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData("C1", "156", "122,304")]
    [InlineData("S2", "12", "5,880")]
    [InlineData("C3", "1,516", "151,600")]
    [InlineData("S4", "32", "2,000")]
    [InlineData("C5", "48,120", "48,120")]
    [InlineData("F6", "10,164", "10,164")]
    [InlineData("output", "840", "840")]
    [InlineData("total", "60,840", "340,908")]
    public void TheSummaryHasThePublishedParametersAndConnections(string layer, string parameters, string connections)
    {
        CommandLine run = CommandLine.Run("summary", "--model", model.PathOf("lenet5.prototxt"));

        string line = run.Output.Split('\n').Single(l => l.StartsWith(layer + " ", StringComparison.Ordinal));
        Assert.Matches($" {parameters} +{connections} +[0-9,]+$", line);
        Assert.Contains("\n60,000 of the parameters are trained\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("data", 1, 32, 32)]
    [InlineData("C1", 6, 28, 28)]
    [InlineData("S2", 6, 14, 14)]
    [InlineData("C3", 16, 10, 10)]
    [InlineData("S4", 16, 5, 5)]
    [InlineData("C5", 120, 1, 1)]
    [InlineData("F6", 84)]
    [InlineData("output", 10)]
    public void TheShapesAreThePublishedOnes(string blob, params int[] shape)
    {
        foreach (Phase phase in new[] { Phase.Train, Phase.Test })
        {
            Net net = model.Build(TrainTest, phase);
            Assert.Equal([ModelFolder.Images, .. shape], net.FindBlob(blob).Shape.ToArray());
        }
    }

    [Fact]
    public void TheBackgroundIsMinusATenthAndTheInkOneAndASixth()
    {
        Net net = model.Build(TrainTest, Phase.Test);
        net.Forward();
        float[] data = net.FindBlob("data").Data.ToArray();
        Assert.Equal(-0.1f, data.Min(), 1e-6);
        Assert.Equal(1.175f, data.Max(), 1e-6);
        Assert.All(data[..(2 * 32)], border => Assert.Equal(-0.1f, border, 1e-6));
    }

    [Fact]
    public void ThePrototypesArePicturesOfMinusOneAndOneAndAllDiffer()
    {
        float[] bitmaps = model.Build("lenet5.prototxt", Phase.Test).FindLayer("output")!.Layer.Blobs[0].Data.ToArray();
        Assert.All(bitmaps, value => Assert.True(value is -1 or 1));
        Assert.Equal(10, bitmaps.Chunk(84).Select(b => string.Join(',', b)).Distinct().Count());
    }

    [Theory]
    [InlineData("mse")]
    [InlineData("map")]
    public void TheLossIsTheEquationOfThePaper(string stage)
    {
        Net net = model.Build(TrainTest, Phase.Train, stage);
        double loss = net.Forward(), expected = 0;
        float[] distances = net.FindBlob("output").Data.ToArray(), labels = net.FindBlob("label").Data.ToArray();
        for (int n = 0; n < labels.Length; n++)
        {
            float[] row = distances[(10 * n)..(10 * (n + 1))];
            double right = row[(int)labels[n]];
            expected += stage == "mse" ? right : right + LogOfSum([-0.1, .. row.Select(d => -(double)d)]);
        }

        Assert.Equal(expected / labels.Length, loss, 1e-3);
    }

    [Theory]
    [InlineData("solver_map.prototxt")]
    [InlineData("solver_mse.prototxt")]
    [InlineData("solver_map_distorted.prototxt")]
    public void AFewStepsLowerTheLossAndLeaveThePrototypes(string file)
    {
        Solver solver = model.Prepare(file);
        float[] before = solver.TrainNet.FindLayer("output")!.Layer.Blobs[0].Data.ToArray();
        List<float> losses = [];
        solver.Progressed += progress => losses.Add(progress.IterationLoss);
        for (int i = 0; i < 8; i++)
        {
            solver.Step();
        }

        Assert.True(losses[^1] < 0.9 * losses[0], string.Join(' ', losses));
        Assert.Equal(before, solver.TrainNet.FindLayer("output")!.Layer.Blobs[0].Data.ToArray());
    }

    private static double LogOfSum(double[] values)
    {
        double largest = values.Max();
        return largest + Math.Log(values.Sum(v => Math.Exp(v - largest)));
    }
}
