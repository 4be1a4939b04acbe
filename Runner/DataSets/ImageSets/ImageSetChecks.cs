using System.Text;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;
using Cnn.Proto.Formats.ImageSets;
using Cnn.Proto.Formats.Lmdb;

namespace Cnn.Runner.DataSets.ImageSets;

/// <summary>Finds mistakes in what is to be converted before the long work.</summary>
internal static class ImageSetChecks
{
    private const int LargestSide = 1 << 15;

    // The index and a line under it.
    private const int KeyStart = 11;

    /// <summary>Checks images and options.</summary>
    /// <exception cref="CnnException">
    /// There are no images, a name is too long for a key, a size is impossible, or image files of the type cannot be
    /// written.
    /// </exception>
    public static void Require(IReadOnlyList<ImageSetEntry> images, ImageSetOptions options)
    {
        if (images.Count == 0)
        {
            throw new CnnException("there are no images to convert");
        }

        if (options.ResizeHeight > LargestSide || options.ResizeWidth > LargestSide)
        {
            throw new CnnException(
                $"images of {options.ResizeHeight} x {options.ResizeWidth} are too large",
                $"at most {LargestSide} a side");
        }

        ImageSetEntry tooLong = images.FirstOrDefault(
            image => Encoding.UTF8.GetByteCount(image.Path) > LmdbFormat.MaxKey - KeyStart);
        if (tooLong.Path is { } name)
        {
            throw new CnnException(
                $"the name '{PathText.Shown(name)}' has {Encoding.UTF8.GetByteCount(name)} bytes, "
                + $"a key takes {LmdbFormat.MaxKey - KeyStart} of them",
                "put what the names begin with into the root folder");
        }

        if (options.EncodeType.Length > 0)
        {
            // The encoder tells which types it knows.
            var image = new PlanarImage();
            image.SetSize(1, 1, 1);
            ImageEncoder.Encode(image, options.EncodeType);
        }
    }
}
