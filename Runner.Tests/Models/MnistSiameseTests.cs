using Cnn.Engine.Graph;
using Cnn.Proto;

namespace Cnn.Tests.Models;

/// <summary>The siamese net that came with Caffe.</summary>
[Trait("Category", "Unit")]
public sealed class MnistSiameseTests : IDisposable
{
    private const string TrainTest = "siamese_train_test.prototxt";

    private readonly ModelFolder model = new("mnist-siamese");

    public void Dispose() => model.Dispose();

    [Theory]
    [InlineData(TrainTest, Phase.Train)]
    [InlineData(TrainTest, Phase.Test)]
    [InlineData("siamese.prototxt", Phase.Test)]
    public void TheTwoNetsShareEveryWeight(string file, Phase phase)
    {
        Net net = model.Build(file, phase);
        Assert.Equal(431_102, net.Learnable.Select(p => p.Blob).Distinct().Sum(b => b.Count));
        Assert.Equal(2, net.FindBlob("feat").Dim(1));
    }

    [Fact]
    public void PairsAreAlikeWhereTheirLabelsAre()
    {
        Net net = model.Build(TrainTest, Phase.Train);
        List<float> alike = [];
        for (int pass = 0; pass < 5; pass++)
        {
            net.Clock.Pass = pass;
            net.Forward();
            float[] left = net.FindBlob("label").Data.ToArray(), right = net.FindBlob("label_p").Data.ToArray();
            Assert.Equal(left.Zip(right, (a, b) => a == b ? 1f : 0f), net.FindBlob("sim").Data.ToArray());
            alike.AddRange(net.FindBlob("sim").Data.ToArray());
        }

        Assert.Contains(0, alike);
        Assert.Contains(1, alike);
    }

    [Fact]
    public void WrongPairsAreThoseOnTheWrongSideOfOneHalf()
    {
        Net net = model.Build(TrainTest, Phase.Test);
        net.Forward();
        float[] a = net.FindBlob("feat").Data.ToArray(), b = net.FindBlob("feat_p").Data.ToArray(),
            alike = net.FindBlob("sim").Data.ToArray();
        int wrong = alike
            .Select((s, i) =>
                (Math.Sqrt(Math.Pow(a[2 * i] - b[2 * i], 2) + Math.Pow(a[(2 * i) + 1] - b[(2 * i) + 1], 2)) > 0.5)
                == (s == 1))
            .Count(w => w);
        Assert.Equal(0.01 * wrong, net.FindBlob("wrong_pairs").Data[0], 1e-6);
    }

    [Fact]
    public void StepsLowerTheLoss()
    {
        float[] losses = model.Train("solver.prototxt", 30);
        Assert.True(losses[^10..].Average() < losses[..5].Average(), string.Join(' ', losses));
    }
}
