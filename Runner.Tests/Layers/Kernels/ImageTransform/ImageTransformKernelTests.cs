using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Tests.Layers.Kernels.ImageTransform;

[Trait("Category", "Kernel")]
public sealed unsafe class ImageTransformKernelTests
{
    [Theory]
    [InlineData(1, 3, 3, 0, 0, 3, 3)]
    [InlineData(3, 9, 150, 2, 5, 7, 131)]
    [InlineData(2, 28, 28, 1, 3, 24, 24)]
    public void TheFastTransformEqualsTheReference(int c, int h, int w, int top, int left, int height, int width) =>
        AssertEqualsReference(c, h, w, top, left, height, width);

    [Fact]
    public void TheFastTransformEqualsTheReferenceForEveryWidth()
    {
        for (int width = 1; width <= 70; width++)
        {
            AssertEqualsReference(2, 2, width + 1, 0, 1, 2, width);
        }
    }

    private static void AssertEqualsReference(int c, int h, int w, int top, int left, int height, int width)
    {
        var random = new Random(5);
        var window = new ImageWindow(c, h, w, top, left, height, width);
        var bytes = new byte[c * h * w];
        random.NextBytes(bytes);
        float[] values = Array.ConvertAll(bytes, value => (float)value);
        float[] mean = Array.ConvertAll(bytes, _ => random.NextSingle() * 255);
        float[] channelMean = [1.5f, 2.5f, 3.5f];
        var expected = new float[c * height * width];
        var fast = new float[expected.Length];
        var fromFloats = new float[expected.Length];
        fixed (byte* source = bytes)
        fixed (float* floats = values, means = mean, channels = channelMean, a = expected, b = fast, d = fromFloats)
        {
            for (int options = 0; options < 6; options++)
            {
                bool mirror = options % 2 == 1;
                float* image = options / 2 == 1 ? means : null, channel = options / 2 == 2 ? channels : null;
                ImageTransformKernel.Reference(source, window, image, channel, 0.25f, mirror, a);
                ImageTransformKernel.Run(source, window, image, channel, 0.25f, mirror, b);
                ImageTransformKernel.Run(floats, window, image, channel, 0.25f, mirror, d);
                Assert.Equal(expected, fast);
                Assert.Equal(expected, fromFloats);
            }
        }
    }
}
