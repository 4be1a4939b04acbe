using System.Text.RegularExpressions;
using Cnn.Fillers;
using Cnn.Layers;
using Cnn.Layers.Data.Transform;
using Cnn.Layers.Threading;
using Cnn.Proto;

namespace Cnn.Tests.Layers.Data.Transform;

/// <summary>Transforms images as <c>transform_param</c>, given as text, says.</summary>
internal static unsafe class Transforms
{
    /// <summary>An image of a shape, of bytes without a pattern.</summary>
    public static byte[] Image(ImageShape shape, int seed = 3)
    {
        var image = new byte[shape.Count];
        new Random(seed).NextBytes(image);
        return image;
    }

    /// <summary>The same image as floats.</summary>
    public static float[] Floats(byte[] image) => Array.ConvertAll(image, value => (float)value);

    /// <summary>Plans the transformation of images of a shape.</summary>
    public static TransformPlan Plan(string text, ImageShape shape, Phase phase = Phase.Train, long seed = 1)
    {
        var sources = new SourceMap();
        LayerParameter parameter = TextFormat.Parse<LayerParameter>(
            $"name: 'data' type: 'Data'\ntransform_param {{\n{text}\n}}", "net.prototxt", sources);
        parameter.Phase = phase;
        using var pool = new WorkerPool(1);
        var context = new LayerContext
        {
            Parameter = parameter,
            Pool = pool,
            Random = new RandomStreams(seed),
            Sources = sources,
        };
        return new DataTransformer(context).Plan(shape);
    }

    /// <summary>
    /// Asserts that a transformation of images of a shape is refused, with an error at a field: the value of a number,
    /// the name of a message.
    /// </summary>
    public static void AssertError(string text, ImageShape shape, string field, string expected)
    {
        Diagnostic error = Assert.Throws<CnnException>(() => Plan(text, shape)).Diagnostics[0];
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.NotNull(error.Hint);
        Match place = Regex.Match(text, $@"\b{field}(: |\b)");
        int column = 1 + place.Index + (place.Value.EndsWith(' ') ? place.Length : 0);
        Assert.Equal("data", error.Layer);
        Assert.Equal((3, column), (error.Location?.Line, error.Location?.Column));
    }

    /// <summary>Transforms an image of bytes.</summary>
    public static float[] Run(this TransformPlan plan, byte[] image, long index = 0)
    {
        var target = new float[plan.Output.Count];
        fixed (float* to = target)
        {
            plan.Transform(image.AsSpan(), index, to);
        }

        return target;
    }

    /// <summary>Transforms an image of floats.</summary>
    public static float[] Run(this TransformPlan plan, float[] image, long index = 0)
    {
        var target = new float[plan.Output.Count];
        fixed (float* to = target)
        {
            plan.Transform(image.AsSpan(), index, to);
        }

        return target;
    }

    /// <summary>Folds the bits of images into one number (FNV-1a).</summary>
    public static ulong Bits(IEnumerable<float[]> images) => images.SelectMany(image => image).Aggregate(
        0xCBF29CE484222325, (sum, value) => (sum ^ BitConverter.SingleToUInt32Bits(value)) * 0x100000001B3);
}
