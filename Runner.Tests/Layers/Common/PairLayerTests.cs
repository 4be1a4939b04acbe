using Cnn.Proto;

namespace Cnn.Tests.Layers.Common;

/// <summary>Add, Mul and the Python class Eltwise.</summary>
public class PairLayerTests
{
    public static TheoryData<int[], int[]> Shapes => new()
    {
        { [2, 3, 4], [2, 3, 4] },
        { [2, 3, 4, 5], [2, 1, 1, 5] },
        { [2, 3, 4, 5], [2, 3, 1, 1] },
        { [2, 1, 3, 1], [4, 1, 20] },
        { [5], [2, 3, 5] },
        { [2, 3, 37], [37] },
        { [1, 40], [3, 1] },
        { [3, 4], [] },
        { [], [] },
        { [2, 1, 2, 1, 2], [1, 2, 1, 2, 1] },
        { [3, 0, 2], [1, 2] },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    [Trait("Category", "Kernel")]
    public void EachIsRepeatedAlongTheAxesThatItDoesNotHave(int[] first, int[] second)
    {
        foreach (var (definition, function) in Functions())
        {
            using var harness = new LayerHarness(definition, [first, second]);
            harness.Forward();
            int[] shape = harness.Tops[0].Shape.ToArray();
            for (int i = 0; i < harness.Top.Length; i++)
            {
                float a = harness.Bottoms[0].Data[Place(i, shape, first)];
                float b = harness.Bottoms[1].Data[Place(i, shape, second)];
                Assert.Equal(function(a, b), harness.Top[i], 1e-6f * Math.Max(1, MathF.Abs(harness.Top[i])));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    [Trait("Category", "Gradient")]
    public void TheGradientIsTheSumOverTheRepetitions(int[] first, int[] second)
    {
        foreach (var (definition, _) in Functions().Take(5))
        {
            using var harness = new LayerHarness(definition, [first, second], prepare: Apart);
            new GradientChecker().Check(harness);
            harness.AssertAllocatesNothing();
        }

        // Away from 0, where the quotient has its pole, and from equal values.
        static void Apart(LayerHarness harness)
        {
            for (int i = 0; i < 2; i++)
            {
                LayerHarness.FillApart(harness.Bottoms[i].Data, (ulong)i);
                foreach (ref float value in harness.Bottoms[i].Data)
                {
                    value += i == 0 ? 0.025f : MathF.CopySign(1.5f, value);
                }
            }
        }
    }

    [Fact]
    [Trait("Category", "Gradient")]
    public void ALearnedFactorHasAGradient()
    {
        using var harness = new LayerHarness("type: 'Mul' mul_param { mul_shape: 3 mul_shape: 1 }", [[2, 3, 5]]);
        Assert.Equal([3, 1], harness.Layer.Blobs[0].Shape.ToArray());
        Assert.Equal([0, 0, 0], harness.Layer.Blobs[0].Data.ToArray());
        LayerHarness.Fill(harness.Layer.Blobs[0].Data, 5);
        new GradientChecker().Check(harness);
    }

    [Fact]
    [Trait("Category", "Kernel")]
    public void ThreadsChangeNoBit()
    {
        Assert.Equal(Run(1), Run(3));

        static float[] Run(int threads)
        {
            using var harness = new LayerHarness("type: 'Mul'", [[3, 50, 900], [50, 1]], threads: threads);
            harness.Forward();
            LayerHarness.Fill(harness.Tops[0].Diff, 7);
            harness.Backward();
            return [.. harness.Top, .. harness.Bottoms[0].Diff, .. harness.Bottoms[1].Diff];
        }
    }

    [Theory]
    [InlineData("type: 'Add'", new[] { 2, 3 }, new[] { 2, 4 }, "'bottom1' 2 4 (8)")]
    [InlineData("type: 'Mul'", new[] { 2, 3 }, new[] { 3, 2 }, "'bottom0' has shape 2 3 (6)")]
    [Trait("Category", "Unit")]
    public void ShapesThatDoNotFitAreNamed(string definition, int[] first, int[] second, string expected) =>
        Assert.Contains(
            expected,
            Assert.Throws<CnnException>(() => new LayerHarness(definition, [first, second])).Message,
            StringComparison.Ordinal);

    [Theory]
    [InlineData("type: 'Mul'", "there is no second factor")]
    [InlineData("type: 'Mul' mul_param { mul_shape: 0 }", "mul_shape is 0")]
    [InlineData("type: 'Mul' mul_param { mul_shape: 2 }", "the learned factor 2 (2)")]
    [Trait("Category", "Unit")]
    public void AWrongFactorIsNamed(string definition, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => new LayerHarness(definition, [[2, 3]])).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("{'operation': 5}", "operation")]
    [InlineData("{'operation': 1, 'coeff': [1]}", "coeff in param_str has 1 numbers")]
    [InlineData("{'coeff': [1, 2]}", "option 'operation' of a Python layer is missing")]
    [Trait("Category", "Unit")]
    public void AWrongParamStrIsNamed(string options, string expected) => Assert.Contains(
        expected,
        Assert.Throws<CnnException>(() => new LayerHarness(Python(options), [[2], [2]])).Message,
        StringComparison.Ordinal);

    private static string Python(string options) =>
        $"type: 'Python' python_param {{ module: 'eltwise' layer: 'Eltwise' param_str: \"{options}\" }}";

    private static (string, Func<float, float, float>)[] Functions() =>
    [
        ("type: 'Add'", (a, b) => a + b),
        ("type: 'Mul'", (a, b) => a * b),
        (Python("{'operation': 1, 'coeff': [2, -0.5]}"), (a, b) => (2 * a) - (0.5f * b)),
        (Python("{'operation': 2, 'coeff': [1, 1]}"), Math.Max),
        (Python("{'operation': 3}"), (a, b) => a / b),
        (Python("{'operation': 0}"), (a, b) => a * b),
        (Python("{'operation': 4}"), Math.Min),
    ];

    private static int Place(int index, int[] shape, int[] own)
    {
        int at = 0, stride = 1;
        for (int axis = shape.Length - 1; axis >= 0; axis--)
        {
            (index, int place) = Math.DivRem(index, shape[axis]);
            int of = axis - (shape.Length - own.Length);
            if (of >= 0)
            {
                at += own[of] == 1 ? 0 : place * stride;
                stride *= own[of];
            }
        }

        return at;
    }
}
