using System.Runtime.Intrinsics;
using Cnn.Layers.Kernels.Elementwise;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Activations;

public class ActivationValueTests
{
    public static TheoryData<string, float[], float[]> Values => new()
    {
        { "type: 'AbsVal'", [-2, 0, 3], [2, 0, 3] },
        { "type: 'BNLL'", [-100, 0, 100], [0, MathF.Log(2), 100] },
        { "type: 'Clip' clip_param { min: -1 max: 2 }", [-3, 0.5f, 2.5f], [-1, 0.5f, 2] },
        { "type: 'Threshold' threshold_param { threshold: 1 }", [0.5f, 1, 1.5f], [0, 0, 1] },
        { "type: 'Power' power_param { power: 0 scale: 3 shift: 5 }", [-1, 0, 7], [1, 1, 1] },
        { "type: 'Power' power_param { power: 2 scale: 0 shift: 3 }", [-1, 0, 7], [9, 9, 9] },
        { "type: 'Power' power_param { power: 0.5 }", [0, 4, 9], [0, 2, 3] },
        { "type: 'Power' power_param { power: 3 }", [-2, 0, 1.5f], [-8, 0, 3.375f] },
        { "type: 'Power' power_param { power: -1 }", [-2, 4, 0.5f], [-0.5f, 0.25f, 2] },
        { "type: 'Exp' exp_param { base: 2 scale: 2 shift: 1 }", [0, 1, -1], [2, 8, 0.5f] },
        { "type: 'Log' log_param { base: 2 shift: 1 }", [0, 1, 7], [0, 1, 3] },
        { "type: 'ELU' elu_param { alpha: 2 }", [-100, 0, 3], [-2, 0, 3] },
        { "type: 'Swish'", [-100, 0, 100], [0, 0, 100] },
        { "type: 'ScaledTanH'", [-1, 0, 1], [-0.9999977f, 0, 0.9999977f] },
        { "type: 'PReLU'", [-4, 0, 3], [-1, 0, 3] },
        { "type: 'NoisyReLU'", [-60, 0, 60], [0, 0.28209479f, 60] },
    };

    [Theory]
    [MemberData(nameof(Values))]
    [Trait("Category", "Kernel")]
    public void EveryFunctionHasItsValues(string definition, float[] x, float[] expected)
    {
        // Long enough that each value occurs both in a whole vector and in the tail.
        const int Repeats = 11;
        float[] many = [.. Enumerable.Repeat(x, Repeats).SelectMany(v => v)];
        using var harness = new LayerHarness(
            definition, [[1, many.Length]], phase: Phase.Test, prepare: h => h.Set(0, many));
        if (definition.Contains("PReLU", StringComparison.Ordinal))
        {
            harness.Layer.Blobs[0].Data.Fill(0.25f);
        }

        harness.Forward();

        for (int i = 0; i < many.Length; i++)
        {
            Assert.Equal(expected[i % 3], harness.Top[i], 2e-6 * Math.Max(1, Math.Abs(expected[i % 3])));
        }
    }

    [Theory]
    [InlineData("type: 'PReLU'", new[] { 2, 3, 4, 5 })]
    [InlineData("type: 'PReLU'", new[] { 5, 37 })]
    [InlineData(
        "type: 'PReLU' prelu_param { channel_shared: true filler { type: 'constant' value: -0.5 } }",
        new[] { 2, 3, 18 })]
    [InlineData("type: 'AbsVal'", new[] { 2, 19 })]
    [InlineData("type: 'NoisyReLU'", new[] { 2, 40 })]
    [Trait("Category", "Gradient")]
    public void TheGradientIsThatOfTheFunction(string definition, int[] shape)
    {
        float[] values = new float[shape.Aggregate(1, (a, b) => a * b)];
        LayerHarness.FillApart(values, 3, 0.05f);
        using var harness = new LayerHarness(definition, [shape], prepare: h => h.Set(0, values));
        new GradientChecker { Kink = 0, Step = 2e-3f }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void PReLUGivesTheSameInPlace()
    {
        using var apart = new LayerHarness("type: 'PReLU'", [[2, 3, 19]]);
        using var inPlace = new LayerHarness("type: 'PReLU'", [[2, 3, 19]], inPlace: true);
        foreach (LayerHarness harness in (LayerHarness[])[apart, inPlace])
        {
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 9);
            harness.Backward();
        }

        Assert.Equal(apart.Top, inPlace.Top);
        Assert.Equal(apart.Bottoms[0].Diff.ToArray(), inPlace.Bottoms[0].Diff.ToArray());
        Assert.Equal(apart.Layer.Blobs[0].Diff.ToArray(), inPlace.Layer.Blobs[0].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void TheGradientOfTheNoisyRectifiersMeanIsThatOfTheFunction()
    {
        using var harness = new LayerHarness("type: 'NoisyReLU'", [[3, 21]], phase: Phase.Test);
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void TheNoiseHasTheUnitsOwnDeviationAndFollowsThePass()
    {
        const int Count = 200_003;
        using var harness = new LayerHarness("type: 'NoisyReLU'", [[Count]], prepare: h => h.Bottoms[0].Data.Fill(8));
        harness.Forward();
        float[] first = harness.Top;
        double mean = first.Average(), deviation = Math.Sqrt(first.Average(v => (v - mean) * (v - mean)));
        harness.Clock.Pass++;
        harness.Forward();

        Assert.Equal(8, mean, 0.01);
        Assert.Equal(Math.Sqrt(1 / (1 + Math.Exp(-8))), deviation, 0.01);
        Assert.NotEqual(first, harness.Top);
    }

    [Theory]
    [InlineData("pieces: 2", new[] { 2, 6, 3, 7 }, new[] { 2, 3, 3, 7 })]
    [InlineData("pieces: 3 axis: -1", new[] { 4, 33 }, new[] { 4, 11 })]
    [InlineData("pieces: 4 axis: 0", new[] { 8, 17 }, new[] { 2, 17 })]
    [Trait("Category", "Gradient")]
    public void MaxoutTakesTheLargestOfEachGroup(string options, int[] shape, int[] expected)
    {
        using var harness = new LayerHarness(
            $"type: 'Maxout' maxout_param {{ {options} }}", [shape],
            prepare: h => LayerHarness.FillApart(h.Bottoms[0].Data, 4));
        harness.Forward();
        Assert.Equal(expected, harness.Tops[0].Shape.ToArray());
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void MaxoutGivesTheGradientOfATieToTheFirst()
    {
        using var harness = new LayerHarness("type: 'Maxout'", [[1, 2, 1]], prepare: h => h.Set(0, 4, 4));
        harness.Forward();
        harness.Tops[0].Diff.Fill(3);
        harness.Backward();
        Assert.Equal([3, 0], harness.Bottoms[0].Diff.ToArray());
    }

    [Theory]
    [InlineData("type: 'Clip'", "clip_param lacks min and max")]
    [InlineData("type: 'Clip' clip_param { min: 1 }", "required field 'max'")]
    [InlineData("type: 'Exp' exp_param { base: -2 }", "base is -2")]
    [InlineData("type: 'Log' log_param { base: 0 }", "base is 0")]
    [InlineData("type: 'Log' log_param { base: 1 }", "base is 1")]
    [InlineData("type: 'ScaledTanH' scaled_tanh_param { amplitude: 0 }", "amplitude is 0")]
    [InlineData("type: 'PReLU'", "has shape 3 (3)")]
    [InlineData("type: 'Maxout'", "axis 1 does not exist in a bottom of shape 3 (3)")]
    [InlineData(
        "type: 'Maxout' maxout_param { axis: 0 }", "pieces is 2, bottom 'bottom0' of shape 3 (3) has 3 channels")]
    [InlineData("type: 'Maxout' maxout_param { axis: 0 pieces: 0 }", "pieces is 0")]
    [Trait("Category", "Unit")]
    public void AWrongConfigurationIsNamed(string definition, string expected)
    {
        var error = Assert.Throws<CnnException>(() => new LayerHarness(definition, [[3]]).Dispose());
        Assert.StartsWith("layer.prototxt:1:", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AbsVal", false)]
    [InlineData("Threshold", true)]
    [InlineData("NoisyReLU", false)]
    [InlineData("Maxout", false)]
    [Trait("Category", "Unit")]
    public void InPlaceIsAllowedWhereNoGradientIsCorrupted(string type, bool allowed)
    {
        using var harness = new LayerHarness($"type: '{type}'", [[2, 2]]);
        Assert.Equal(allowed, harness.Layer.AllowsInPlace);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void AThresholdHasNoGradient()
    {
        using var harness = new LayerHarness("type: 'Threshold'", [[2]]);
        harness.Forward();
        Assert.Contains(
            "no gradient", Assert.Throws<CnnException>(() => harness.Backward()).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0.5f)]
    [InlineData(-0.75f)]
    [InlineData(3)]
    [InlineData(-2)]
    [InlineData(1.7f)]
    [Trait("Category", "Kernel")]
    public void PowersAreThoseOfTheScalarFunction(float power)
    {
        foreach (float x in (float[])[
            0f, 1e-40f, 1e-20f, 0.3f, 1, 7.5f, 1e10f, float.PositiveInfinity, -2, -0.5f, float.NaN])
        {
            float expected = MathF.Pow(x, power), actual = VectorMath.Pow(Vector512.Create(x), power)[0];
            Assert.True(
                expected.Equals(actual) || Math.Abs(expected - actual) <= 3e-7 * Math.Abs(expected),
                $"{x}^{power} is {actual}, expected {expected}");
        }
    }
}
