using Cnn.Layers.Kernels.Margin;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

public class MarginInnerProductLayerTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [Trait("Category", "Unit")]
    public void TheMarginFallsWithTheAngleByItsFormula(int times)
    {
        var margin = new AngularMargin(times);
        for (double angle = 0.01; angle < Math.PI; angle += 0.02)
        {
            int piece = (int)(angle * times / Math.PI);
            double expected = (piece % 2 == 0 ? 1 : -1) * Math.Cos(times * angle) - (2 * piece);
            float cos = (float)Math.Cos(angle);
            Assert.Equal(expected, margin.Value(cos), 1e-5);

            // With respect to the cosine c, psi' = dpsi / dc.
            double slope = times * (piece % 2 == 0 ? 1 : -1) * Math.Sin(times * angle) / Math.Sin(angle);
            var (weight, input) = margin.Gradient(cos);
            Assert.Equal(slope, weight, 1e-3);
            Assert.Equal(expected - (slope * cos), input, 1e-3);
        }
    }

    [Theory]
    [InlineData("SINGLE")]
    [InlineData("DOUBLE")]
    [InlineData("TRIPLE")]
    [InlineData("QUADRUPLE")]
    [Trait("Category", "Unit")]
    public void TheLabelsScoreHasTheMarginAndTheGradientIsTheForks(string type)
    {
        using LayerHarness harness = Make($"type: {type} base: 10 gamma: 0.5 power: 2 lambda_min: 0.7", tops: 2);
        harness.Clock.Pass = 2;
        harness.Forward();
        float lambda = (float)(10 * Math.Pow(1 + (0.5 * 3), -2));
        Assert.Equal(lambda, harness.Tops[1].Data[0], 1e-6f);
        LayerHarness.Fill(harness.Tops[0].Diff, 3);
        harness.Backward(0);
        var margin = new AngularMargin(type switch { "SINGLE" => 1, "DOUBLE" => 2, "TRIPLE" => 3, _ => 4 });
        float[] x = harness.Bottoms[0].Data.ToArray(), w = harness.Layer.Blobs[0].Data.ToArray();
        for (int i = 0; i < 3; i++)
        {
            float[] row = x[(4 * i)..(4 * i + 4)];
            float length = MathF.Sqrt(row.Sum(v => v * v)), label = harness.Bottoms[1].Data[i];
            var expected = new double[4];
            for (int j = 0; j < 5; j++)
            {
                float[] direction = w[(4 * j)..(4 * j + 4)];
                Assert.Equal(1, direction.Sum(v => v * v), 1e-5f);
                float plain = row.Zip(direction, (a, b) => a * b).Sum(), cos = plain / length;
                bool isPlain = j != label || type == "SINGLE";
                float score = isPlain ? plain : ((lambda * plain) + (length * margin.Value(cos))) / (1 + lambda);
                Assert.Equal(score, harness.Tops[0].Data[(5 * i) + j], 1e-4f);
                var (weight, input) = margin.Gradient(cos);
                double norm = Math.Sqrt((weight * weight) + (input / length * (input / length)));
                double dy = harness.Tops[0].Diff[(5 * i) + j];
                double ofWeight = isPlain ? 1 : ((weight / norm) + lambda) / (1 + lambda);
                double ofInput = isPlain ? 0 : input / length / norm / (1 + lambda);
                for (int k = 0; k < 4; k++)
                {
                    expected[k] += dy * ((ofWeight * direction[k]) + (ofInput * row[k]));
                }
            }

            for (int k = 0; k < 4; k++)
            {
                Assert.Equal(expected[k], harness.Bottoms[0].Diff[(4 * i) + k], 1e-4);
            }
        }

        harness.AssertAllocatesNothing(0);
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void WithoutAMarginTheGradientOfTheInputIsTheDerivative()
    {
        using LayerHarness harness = Make("");
        harness.Layer.SetNeedsGradient(0, false);
        new GradientChecker { Bottoms = [0] }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheGradientOfTheWeightsIsThatOfThePlainScores()
    {
        using LayerHarness harness = Make("type: QUADRUPLE base: 1000 gamma: 0.12 lambda_min: 5");
        using LayerHarness plain = Make("");
        foreach (LayerHarness each in new[] { harness, plain })
        {
            each.Forward();
            LayerHarness.Fill(each.Tops[0].Diff, 3);
            each.Backward(0);
        }

        Assert.Equal(plain.Layer.Blobs[0].Diff.ToArray(), harness.Layer.Blobs[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void RowsOfZerosStayZero()
    {
        using LayerHarness harness = Make("type: QUADRUPLE");
        harness.Bottoms[0].Data.Clear();
        harness.Layer.Blobs[0].Data[..4].Clear();
        harness.Forward();
        harness.Tops[0].Diff.Fill(1);
        harness.Backward(0);
        Assert.All(harness.Bottoms[0].Diff.ToArray(), d => Assert.True(float.IsFinite(d)));
        Assert.Equal(new float[4], harness.Layer.Blobs[0].Data[..4].ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WeightsThatAPassHasScaledStayAsTheyAre()
    {
        using var harness = new LayerHarness(
            "type: 'MarginInnerProduct' margin_inner_product_param { num_output: 500 }", [[1, 97], [1]],
            prepare: h => h.Set(1, 0));
        Span<float> weights = harness.Layer.Blobs[0].Data;
        LayerHarness.Fill(weights, 12);
        for (int row = 0; row < 500; row++)
        {
            // Lengths from those of the smallest numbers to those of the largest.
            float scale = MathF.Pow(10, ((row % 84) - 45) * 0.99f);
            foreach (ref float weight in weights.Slice(row * 97, 97))
            {
                weight *= scale;
            }
        }

        harness.Forward();
        float[] scaled = weights.ToArray();
        harness.Forward();
        Assert.Equal(scaled, weights.ToArray());
        float length = MathF.Sqrt(scaled.AsSpan(45 * 97, 97).ToArray().Sum(v => v * v));
        Assert.Equal(1, length, 1e-6f);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WrongDefinitionsAreNamed()
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness("type: 'MarginInnerProduct'", [[3, 4], [3]]).Dispose());
        Assert.Contains("num_output is 0", exception.Message, StringComparison.Ordinal);
        Assert.Throws<CnnException>(() => new LayerHarness(
            "type: 'MarginInnerProduct' margin_inner_product_param { num_output: 5 }", [[3, 4], [2]]).Dispose());
        using LayerHarness harness = Make("");
        harness.Forward();
        Assert.Throws<CnnException>(() => harness.Backward(1));
        harness.Bottoms[1].Data[0] = 5;
        Assert.Throws<CnnException>(harness.Forward);
    }

    private static LayerHarness Make(string options, int tops = 1) => new(
        "type: 'MarginInnerProduct' margin_inner_product_param { num_output: 5 weight_filler { type: 'xavier' } "
        + $"{options} }}",
        [[3, 4], [3]], tops, prepare: h => h.Set(1, 4, 0, 2));
}
