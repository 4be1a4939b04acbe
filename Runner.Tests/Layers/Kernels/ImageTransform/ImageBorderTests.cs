using Cnn.Layers.Kernels.ImageTransform;

namespace Cnn.Tests.Layers.Kernels.ImageTransform;

[Trait("Category", "Kernel")]
public sealed unsafe class ImageBorderTests
{
    [Fact]
    public void EachChannelHasABorderOfTheValue()
    {
        byte[] image = [1, 2, 3, 4];
        var target = new byte[2 * 3 * 4];
        fixed (byte* source = image, to = target)
        {
            ImageBorder.Run(source, 2, 1, 2, 1, to, (byte)9);
        }

        Assert.Equal([9, 9, 9, 9, 9, 1, 2, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 3, 4, 9, 9, 9, 9, 9], target);
    }
}
