using Cnn.Layers;
using Cnn.Layers.Kernels.Gemm;
using Cnn.Layers.Threading;
using Cnn.Layers.Vision;
using Cnn.Proto;
using Cnn.Tests.Layers.Kernels;

namespace Cnn.Tests.Layers.Vision;

[Trait("Category", "Unit")]
public sealed unsafe class ConvolutionLayerTests : IDisposable
{
    private readonly WorkerPool pool = new(2);

    public void Dispose() => pool.Dispose();

    [Theory]
    [InlineData("kernel_size: 3", "2 5 4 6")]
    [InlineData("kernel_size: 3 stride: 2 pad: 1", "2 5 3 4")]
    [InlineData("kernel_size: 2 kernel_size: 3 pad: 1 pad: 0 stride: 1 stride: 2", "2 5 7 3")]
    [InlineData("kernel_h: 2 kernel_w: 3 pad_w: 1 stride_h: 2 stride_w: 1", "2 5 3 8")]
    [InlineData("kernel_size: 3 dilation: 2", "2 5 2 4")]
    [InlineData("kernel_size: 7 pad: 1 stride: 5", "2 5 1 1")]
    [InlineData("kernel_size: 3 pad_l: 2 pad_b: 1 pad: 9", "2 5 5 8")]
    [InlineData("kernel_size: 3 stride: 2 pad_type: 1", "2 5 3 4")]
    [InlineData("kernel_size: 4 dilation: 2 pad_type: 1", "2 5 6 8")]
    public void TheTopHasCaffesShape(string options, string expected)
    {
        var it = new LayerCase(pool, "Convolution", $"convolution_param {{ num_output: 5 {options} }}", [2, 3, 6, 8]);
        Assert.Equal(expected, string.Join(' ', it.Tops[0].Shape.ToArray()));
    }

    [Fact]
    public void AnInputSmallerThanTheWindowByLessThanAStrideGivesOneOutput()
    {
        var it = new LayerCase(
            pool, "Convolution",
            "convolution_param { num_output: 1 kernel_size: 3 stride: 2 bias_term: false "
            + "weight_filler { type: 'constant' value: 1 } }",
            [1, 1, 2, 2]);
        it.Bottoms[0].Data.Fill(2);
        it.Layer.Forward(it.Bottoms, it.Tops);
        Assert.Equal("1 1 1 1 (1)", it.Tops[0].ShapeText);
        Assert.Equal(8f, it.Tops[0].Data[0]);
    }

    [Fact]
    public void TheAxisSaysWhereTheChannelsAre()
    {
        var it = new LayerCase(
            pool, "Convolution", "convolution_param { num_output: 4 kernel_size: 3 axis: 2 }", [2, 5, 3, 9]);
        Assert.Equal([2, 5, 4, 7], it.Tops[0].Shape.ToArray());
        Assert.Equal([4, 3, 3], it.Layer.Blobs[0].Shape.ToArray());
        var deep = new LayerCase(
            pool, "Convolution", "convolution_param { num_output: 4 kernel_size: 2 group: 2 }", [2, 6, 3, 4, 5]);
        Assert.Equal([2, 4, 2, 3, 4], deep.Tops[0].Shape.ToArray());
        Assert.Equal([4, 3, 2, 2, 2], deep.Layer.Blobs[0].Shape.ToArray());
    }

    [Fact]
    public void EveryBottomIsConvolvedWithTheSameWeightsAndGradientsAddUp()
    {
        var it = new LayerCase(
            pool, "Convolution",
            "convolution_param { num_output: 3 kernel_size: 2 weight_filler { type: 'constant' value: 0.5 } }",
            [2, 2, 4, 4], [2, 2, 4, 4]);
        it.Bottoms[0].Data.Fill(1);
        it.Bottoms[1].Data.Fill(3);
        it.Tops[0].Diff.Fill(1);
        it.Tops[1].Diff.Fill(2);
        it.Step([true, false]);
        Assert.All(it.Tops[0].Data.ToArray(), value => Assert.Equal(4, value));
        Assert.All(it.Tops[1].Data.ToArray(), value => Assert.Equal(12, value));
        Assert.All(it.Layer.Blobs[0].Diff.ToArray(), value => Assert.Equal((2 * 9 * 1) + (2 * 9 * 6), value));
        Assert.All(it.Layer.Blobs[1].Diff.ToArray(), value => Assert.Equal((2 * 9 * 1) + (2 * 9 * 2), value));
        Assert.Equal(1.5f, it.Bottoms[0].Diff[0]);
        Assert.All(it.Bottoms[1].Diff.ToArray(), value => Assert.Equal(0, value));
        it.Layer.SetNeedsGradient(0, false);
        it.Layer.Blobs[0].Diff.Clear();
        it.Step([true, true]);
        Assert.All(it.Layer.Blobs[0].Diff.ToArray(), value => Assert.Equal(0, value));
        Assert.Equal(3f, it.Bottoms[1].Diff[0]);
    }

    [Fact]
    public void TheLayerFollowsItsBottomsNewShape()
    {
        var it = new LayerCase(pool, "Convolution", "convolution_param { num_output: 2 kernel_size: 3 }", [1, 1, 5, 5]);
        it.Bottoms[0].Reshape(4, 1, 8, 7);
        it.Step([true]);
        Assert.Equal([4, 2, 6, 5], it.Tops[0].Shape.ToArray());
        it.Bottoms[0].Reshape(0, 1, 8, 7);
        it.Step([true]);
        Assert.Equal(0, it.Tops[0].Count);
    }

    [Theory]
    [InlineData("convolution_param { num_output: 1 }", "kernel_size is missing")]
    [InlineData("convolution_param { kernel_size: 1 }", "num_output is 0")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 0 }", "kernel_size is 0")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 stride: 0 }", "stride is 0")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 dilation: 0 }", "dilation is 0")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 pad_type: 3 }", "pad_type is 3, expected 0 or 1")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 temporal_pad: 1 }", "has no length of its own")]
    [InlineData(
        "convolution_param { num_output: 1 kernel_size: 1 relu: true negative_slope: -1 }", "negative_slope is -1")]
    [InlineData("convolution_param { num_output: 1 kernel_h: 3 }", "give both kernel_h and kernel_w")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 kernel_h: 1 kernel_w: 1 }", "together with kernel_h")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 kernel_size: 1 kernel_size: 1 }", "given 3 times")]
    [InlineData("convolution_param { num_output: 4 kernel_size: 1 group: 2 }", "group 2 must divide the 3 channels")]
    [InlineData("convolution_param { num_output: 4 kernel_size: 1 group: 0 }", "group is 0")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 9 }", "2 3 6 8 (288) is 6 long")]
    [InlineData("convolution_param { num_output: 1 kernel_size: 1 axis: 4 }", "axis 4 does not exist")]
    [InlineData("convolution_param { num_output: 16777216 kernel_size: 4000 }", "are too many")]
    [InlineData(
        "convolution_param { num_output: 4294967295 kernel_size: 1 }", "num_output is 4294967295, which is too large")]
    [InlineData(
        "convolution_param { num_output: 1 kernel_size: 4294967295 }", "kernel_size is 4294967295, which is too large")]
    [InlineData(
        "convolution_param { num_output: 2 kernel_size: 1 group: 4294967295 }",
        "group is 4294967295, which is too large")]
    [InlineData("convolution_param { num_output: 65536 kernel_size: 1 pad: 1000 }", "a blob holds at most 2147483631")]
    public void AWrongDefinitionIsALocatedError(string text, string expected)
    {
        var thrown = Assert.Throws<CnnException>(() => new LayerCase(pool, "Convolution", text, [2, 3, 6, 8]));
        Assert.Contains(expected, thrown.Message);
        Assert.Contains("net.prototxt:1:", thrown.Message);
        Assert.Contains("layer 'it'", thrown.Message);
    }

    [Fact]
    public void BottomsOfDifferentShapesAreAnErrorThatNamesBoth()
    {
        var thrown = Assert.Throws<CnnException>(() => new LayerCase(
            pool, "Convolution", "convolution_param { num_output: 1 kernel_size: 1 }", [1, 2, 3, 4], [1, 2, 3, 5]));
        Assert.Contains("'in1' has shape 1 2 3 5", thrown.Message);
        var it = new LayerCase(pool, "Convolution", "convolution_param { num_output: 1 kernel_size: 1 }", [1, 2, 3, 4]);
        it.Bottoms[0].Reshape(1, 3, 3, 4);
        thrown = Assert.Throws<CnnException>(() => it.Layer.Reshape(it.Bottoms, it.Tops));
        Assert.Contains("has become 1 3 3 4", thrown.Message);
    }

    [Theory]
    [InlineData(64, 4200, 8, 1)]
    [InlineData(1, 46340, 1, 1)]
    public void ImagesUpToTheSizeOfABlobAreTaken(int channels, int size, int outputs, int kernel)
    {
        var it = new LayerCase(
            pool, "Convolution", $"convolution_param {{ num_output: {outputs} kernel_size: {kernel} }}",
            [1, channels, size, size]);
        Assert.Equal([1, outputs, size, size], it.Tops[0].Shape.ToArray());
    }

    [Fact]
    public void VolumesWhoseColumnsWouldBeMoreThanABlobAreTaken()
    {
        var it = new LayerCase(
            pool, "Convolution", "convolution_param { num_output: 16 kernel_size: 5 pad: 2 }", [1, 16, 128, 128, 64]);
        Assert.Equal([1, 16, 128, 128, 64], it.Tops[0].Shape.ToArray());
    }

    [Fact]
    public void ABorderThatNoMemoryHoldsIsNotLaidOut()
    {
        var it = new LayerCase(
            pool, "Convolution",
            "convolution_param { num_output: 1 kernel_size: 1 pad: 16777216 stride: 16777216 bias_filler { value: 2 } "
            + "weight_filler { type: 'constant' value: 3 } }",
            [1, 1, 6, 8]);
        it.Bottoms[0].Data.Fill(5);
        it.Tops[0].Diff.Fill(7);
        it.Step([true]);
        Assert.Equal([2, 2, 2, 2, 17, 2, 2, 2, 2], it.Tops[0].Data.ToArray());
        Assert.Equal(35, it.Layer.Blobs[0].Diff[0]);
        Assert.Equal(63, it.Layer.Blobs[1].Diff[0]);
        Assert.Equal(21, it.Bottoms[0].Diff[0]);
        Assert.Equal(0, it.Bottoms[0].Diff[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatThePlanHasNoMemoryForIsComputedByColumns(bool isLine)
    {
        int[] size = isLine ? [40] : [9, 8];
        var window = isLine
            ? new WindowParameters([3], [1], [1], [1])
            : new WindowParameters([3, 2], [1, 0], [2, 1], [1, 1]);
        var context = new LayerContext { Parameter = new LayerParameter(), Pool = pool };
        var plan = new DenseConvolution(context, 4, 6, 2, window);
        var columns = new DenseConvolution(context, 4, 6, 2, window) { MostFloats = 100 };
        plan.Prepare(size);
        columns.Prepare(size);
        int pixels = isLine ? 40 : 5 * 7, taps = 2 * (isLine ? 3 : 6), inputs = isLine ? 40 : 72;
        Blob w = Random(1, 6, taps), b = Random(2, 6), x = Random(3, 3, 4, inputs), y = Random(4, 3, 6, pixels);
        Blob found = new(3, 6, pixels), dx = new(3, 4, inputs), dw = new(6, taps), db = new(6);
        found.Diff.Clear();
        plan.Forward(3, x.DataPointer, w, b, found.DataPointer);
        columns.Forward(3, x.DataPointer, w, b, found.DiffPointer);
        Numbers.AssertClose(found.Data, found.Diff, taps, "forward");
        plan.InputGradient(3, y.DataPointer, w, dx.DataPointer);
        columns.InputGradient(3, y.DataPointer, w, dx.DiffPointer);
        Numbers.AssertClose(dx.Data, dx.Diff, 18, "the gradient of the input");
        plan.WeightGradient(3, x.DataPointer, y.DataPointer, dw.DataPointer, db.DataPointer);
        columns.WeightGradient(3, x.DataPointer, y.DataPointer, dw.DiffPointer, db.DiffPointer);
        Numbers.AssertClose(dw.Data, dw.Diff, 3 * pixels, "the gradient of the weights");
        Numbers.AssertClose(db.Data, db.Diff, 3 * pixels, "the gradient of the bias");

        static Blob Random(ulong seed, params int[] shape)
        {
            var blob = new Blob(shape);
            LayerHarness.Fill(blob.Data, seed);
            return blob;
        }
    }

    [Fact]
    public void InferenceByColumnsFoldsAndRectifies()
    {
        var window = new WindowParameters([3, 3], [1, 1], [1, 1], [1, 1]);
        var context = new LayerContext { Parameter = new LayerParameter(), Pool = pool };
        var columns = new DenseConvolution(context, 2, 3, 1, window) { MostFloats = 100 };
        var inference = new InferenceConvolution(context, columns, 3);
        var follower = new Doubling();
        Assert.True(inference.TryFold(follower));
        Assert.True(inference.TryFold(new Rectifier(0.5f)));
        Assert.False(inference.TryFold(follower));
        inference.Prepare([5, 6]);
        Blob w = new(3, 2, 3, 3), b = new(3), x = new(1, 2, 5, 6), y = new(1, 3, 5, 6), plain = new(1, 3, 5, 6);
        LayerHarness.Fill(w.Data, 1);
        LayerHarness.Fill(b.Data, 2);
        LayerHarness.Fill(x.Data, 3);
        columns.Forward(1, x.DataPointer, w, b, plain.DataPointer);

        // A pass that fails while folding leaves nothing that the next pass takes for folded weights.
        follower.Fails = true;
        Assert.Throws<InsufficientMemoryException>(() => inference.Forward(1, x.DataPointer, w, b, y.DataPointer));
        follower.Fails = false;
        inference.Forward(1, x.DataPointer, w, b, y.DataPointer);
        float[] expected = [.. plain.Data.ToArray().Select(v => v > 0 ? 2 * v : v)];
        Numbers.AssertClose(expected, y.Data, 40, "folded");
    }

    [Fact]
    public void AFoldThatFailsOnceIsDoneAgain()
    {
        var window = new WindowParameters([3, 3], [1, 1], [1, 1], [1, 1]);
        var context = new LayerContext { Parameter = new LayerParameter(), Pool = pool };
        var plan = new DenseConvolution(context, 2, 3, 1, window);
        var inference = new InferenceConvolution(context, plan, 3);
        var follower = new Doubling();
        inference.TryFold(follower);
        inference.Prepare([5, 6]);
        Blob w = new(3, 2, 3, 3), b = new(3), x = new(1, 2, 5, 6), y = new(1, 3, 5, 6);
        LayerHarness.Fill(w.Data, 1);
        LayerHarness.Fill(x.Data, 3);
        inference.Forward(1, x.DataPointer, w, b, y.DataPointer);
        float[] first = y.Data.ToArray();
        foreach (ref float value in w.Data)
        {
            value *= 4;
        }

        follower.Fails = true;
        Assert.Throws<InsufficientMemoryException>(() => inference.Forward(1, x.DataPointer, w, b, y.DataPointer));
        follower.Fails = false;
        inference.Forward(1, x.DataPointer, w, b, y.DataPointer);
        Assert.Equal(first.Select(v => 4 * v), y.Data.ToArray());
    }

    [Theory]
    [InlineData("convolution_param { num_output: 7 kernel_size: 3 pad: 1 }")]
    [InlineData("convolution_param { num_output: 4 kernel_size: 3 stride: 2 group: 2 }")]
    public void AStepAllocatesNothingAfterTheFirst(string text)
    {
        using var alone = new WorkerPool(1);
        var it = new LayerCase(alone, "Convolution", text, [3, 4, 9, 9]);
        bool[] propagate = [true];
        Assert.Equal(0, Allocations.OnThisThread(() => it.Step(propagate)));
    }

    private sealed class Doubling : IChannelAffine
    {
        public bool Fails { get; set; }

        public long AffineVersion => 0;

        public bool IsChannelAffine(IReadOnlyList<Blob> bottoms) => true;

        public void Follow(Span<double> scale, Span<double> shift)
        {
            for (int i = 0; i < scale.Length; i++)
            {
                (scale[i], shift[i]) = (2 * scale[i], 2 * shift[i]);
            }

            if (Fails)
            {
                throw new InsufficientMemoryException();
            }
        }
    }
}
