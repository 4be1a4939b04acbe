using Cnn.Engine.Runs;
using Cnn.Proto.Formats.Images;

namespace Cnn.Tests.Engine.Solvers.Recording;

/// <summary>Reads the pictures of a run.</summary>
internal static class Pictures
{
    /// <summary>Returns the pixels of a picture, as B, G, R and alpha where it has them.</summary>
    public static PlanarImage Decode(RunImage picture)
    {
        using var decoder = new ImageDecoder();
        var image = new PlanarImage();
        decoder.Decode(picture.Png.Span, ImageColor.Stored, image);
        Assert.Equal((picture.Width, picture.Height), (image.Width, image.Height));
        return image;
    }
}
