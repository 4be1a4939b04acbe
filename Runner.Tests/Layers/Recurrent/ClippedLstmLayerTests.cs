using Cnn.Layers;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Recurrent;

public class ClippedLstmLayerTests
{
    private const string Fillers =
        "weight_filler { type: 'uniform' min: -0.8 max: 0.8 } bias_filler { type: 'uniform' min: -0.5 max: 0.5 }";

    [Theory]
    [InlineData(3, 2, 4, 3)]
    [InlineData(5, 1, 3, 17)]
    [InlineData(4, 33, 20, 40)]
    [Trait("Category", "Kernel")]
    public void WithMarkersItIsCaffesLstmWithItsBlobsInAnotherOrder(int steps, int streams, int inputs, int size)
    {
        int[][] bottoms = [[steps, streams, inputs], [steps, streams]];
        using LayerHarness harness = Make(bottoms, size);
        using var caffe = new LayerHarness(
            $"type: 'LSTM' recurrent_param {{ num_output: {size} }}", bottoms);
        CopyWeights(harness.Layer, caffe.Layer);
        for (int batch = 0; batch < 3; batch++)
        {
            LayerHarness.Fill(harness.Bottoms[0].Data, (ulong)batch + 50);
            for (int i = 0; i < steps * streams; i++)
            {
                harness.Bottoms[1].Data[i] = (i + batch) % 4 == 0 ? 0 : 1;
            }

            harness.Bottoms[0].Data.CopyTo(caffe.Bottoms[0].Data);
            harness.Bottoms[1].Data.CopyTo(caffe.Bottoms[1].Data);
            harness.Forward();
            caffe.Forward();
            Assert.Equal(caffe.Top, harness.Top);
        }

        Assert.Equal(caffe.Layer.State[0].Data.ToArray(), harness.Layer.State[0].Data.ToArray());
        LayerHarness.Fill(harness.Tops[0].Diff, 3);
        harness.Tops[0].Diff.CopyTo(caffe.Tops[0].Diff);
        harness.Backward(0);
        caffe.Backward(0);
        Assert.Equal(caffe.Bottoms[0].Diff.ToArray(), harness.Bottoms[0].Diff.ToArray());
        Assert.Equal(caffe.Layer.Blobs[0].Diff.ToArray(), harness.Layer.Blobs[0].Diff.ToArray());
        Assert.Equal(caffe.Layer.Blobs[2].Diff.ToArray(), harness.Layer.Blobs[1].Diff.ToArray());
        Assert.Equal(caffe.Layer.Blobs[1].Diff.ToArray(), harness.Layer.Blobs[2].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void WithoutMarkersEveryBatchBeginsAnewAndMayHaveAnotherLength()
    {
        using LayerHarness harness = Make([[4, 2, 3]], 5);
        using LayerHarness marked = Make([[4, 2, 3], [4, 2]], 5);
        CopyAll(harness.Layer, marked.Layer);
        Assert.Empty(harness.Layer.State);
        harness.Forward();
        float[] first = harness.Top;
        harness.Forward();
        Assert.Equal(first, harness.Top);
        marked.Set(1, 0, 0, 1, 7, -1, 1, 1, 1);
        harness.Bottoms[0].Data.CopyTo(marked.Bottoms[0].Data);
        marked.Forward();
        Assert.Equal(first, marked.Top);

        float[] steps = harness.Bottoms[0].Data[..12].ToArray();
        harness.Bottoms[0].Reshape(2, 2, 3);
        steps.CopyTo(harness.Bottoms[0].Data);
        harness.Forward();
        Assert.Equal([2, 2, 5], harness.Tops[0].Shape.ToArray());
        Assert.Equal(first[..20], harness.Top);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    [Trait("Category", "Gradient")]
    public void WithoutClippingTheGradientIsThatOfTheFunction(bool hasMarkers)
    {
        int[][] markers = hasMarkers ? [[3, 2]] : [];
        using LayerHarness harness = Make([[3, 2, 4], .. markers], 5);
        if (hasMarkers)
        {
            harness.Set(1, 1, 0, 1, 1, 0, 1);
        }

        new GradientChecker
        {
            Bottoms = [0],
            BeforeForward = h =>
            {
                for (int i = 0; i < h.Layer.State.Count; i++)
                {
                    LayerHarness.Fill(h.Layer.State[i].Data, (ulong)i + 9);
                }
            },
        }.Check(harness);
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void GradientsOfTheGatesAreCutToTheThreshold()
    {
        using LayerHarness harness = Make([[1, 1, 2]], 3, "clipping_threshold: 0.01");
        using LayerHarness free = Make([[1, 1, 2]], 3);
        harness.Forward();
        free.Forward();
        harness.Tops[0].Diff.Fill(3);
        free.Tops[0].Diff.Fill(3);
        harness.Backward(0);
        free.Backward(0);
        float[] expected = [.. free.Layer.Blobs[2].Diff.ToArray().Select(d => Math.Clamp(d, -0.01f, 0.01f))];
        Assert.Contains(0.01f, expected);
        Assert.Equal(expected, harness.Layer.Blobs[2].Diff.ToArray());
    }

    [Fact]
    [Trait("Category", "Unit")]
    public void PassesAllocateNothingAndStateComesBackFromASnapshot()
    {
        using LayerHarness harness = Make([[3, 2, 4], [3, 2]], 5);
        harness.AssertAllocatesNothing(0);
        var stored = new Blob(1, 4, 5);
        stored.Data.Fill(0.5f);
        harness.Layer.RestoreState(0, stored);
        Assert.Equal([1, 4, 5], harness.Layer.State[0].Shape.ToArray());
        Assert.Throws<CnnException>(() => harness.Layer.RestoreState(0, new Blob(1, 2, 6)));
    }

    [Theory]
    [InlineData("type: 'Lstm'", "num_output is 0")]
    [InlineData("type: 'Lstm' recurrent_param { num_output: 3 }", "takes its options from lstm_param")]
    [InlineData("type: 'Lstm' lstm_param { num_output: 3 }", "the sequence markers are [T, N], here 3 2")]
    [Trait("Category", "Unit")]
    public void WrongDefinitionsAreNamed(string definition, string expected)
    {
        var exception = Assert.Throws<CnnException>(
            () => new LayerHarness(definition, [[3, 2, 4], [2, 2]]).Dispose());
        Assert.Contains(expected, exception.Message + exception.Diagnostics[0].Hint, StringComparison.Ordinal);
    }

    private static LayerHarness Make(int[][] bottoms, int size, string options = "") =>
        new($"type: 'Lstm' lstm_param {{ num_output: {size} {Fillers} {options} }}", bottoms);

    // x, h and b here; x, b and h in Caffe's.
    private static void CopyWeights(Layer from, Layer to)
    {
        from.Blobs[0].Data.CopyTo(to.Blobs[0].Data);
        from.Blobs[1].Data.CopyTo(to.Blobs[2].Data);
        from.Blobs[2].Data.CopyTo(to.Blobs[1].Data);
    }

    private static void CopyAll(Layer from, Layer to)
    {
        for (int i = 0; i < from.Blobs.Count; i++)
        {
            from.Blobs[i].Data.CopyTo(to.Blobs[i].Data);
        }
    }
}
