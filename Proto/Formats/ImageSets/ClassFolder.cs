using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Cnn.Proto.Formats.ImageSets;

/// <summary>
/// A folder that holds a folder for each class, with the images of the class in it at any depth. The classes are
/// numbered in the ordinal order of their names, the images of a class come in that of their paths. Folders whose name
/// begins with a dot, and files without the extension of an image, are left out.
/// </summary>
public sealed class ClassFolder
{
    // The depth bounds what a link to a folder above it costs.
    private static readonly EnumerationOptions Below = new()
    {
        RecurseSubdirectories = true,
        MaxRecursionDepth = 16,
        IgnoreInaccessible = false,
    };

    private ClassFolder(string path, IReadOnlyList<string> classes, IReadOnlyList<ImageSetEntry> images) =>
        (Path, Classes, Images) = (path, classes, images);

    /// <summary>The folder.</summary>
    public string Path { get; }

    /// <summary>The names of the classes; a label is an index into them.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>All images, class after class, with paths relative to the folder that have slashes in them.</summary>
    public IReadOnlyList<ImageSetEntry> Images { get; }

    /// <summary>Lists the images.</summary>
    /// <param name="path">The folder.</param>
    /// <exception cref="CnnException">There is no such folder, it has no classes, or one is without images.</exception>
    public static ClassFolder Read(string path)
    {
        PathText.Require(path);
        try
        {
            string[] classes =
            [
                .. Directory.EnumerateDirectories(path)
                    .Select(d => System.IO.Path.GetFileName(d))
                    .Where(n => !n.StartsWith('.'))
                    .Order(StringComparer.Ordinal),
            ];
            if (classes.Length == 0)
            {
                throw new CnnException(
                    $"'{path}' holds no folders", "each class has a folder of its own with its images in it");
            }

            List<ImageSetEntry> images = [];
            for (int label = 0; label < classes.Length; label++)
            {
                int before = images.Count;
                images.AddRange(ImagesOf(path, classes[label]).Select(p => new ImageSetEntry(p, label)));
                if (images.Count == before)
                {
                    throw new CnnException(
                        $"the folder '{System.IO.Path.Combine(path, classes[label])}' holds no images",
                        ImageNames.Hint);
                }
            }

            return new ClassFolder(path, classes, images);
        }
        catch (Exception exception) when (FileErrors.From(path, "read", exception) is { } error)
        {
            throw error;
        }
    }

    /// <summary>
    /// Whether an image belongs to the validation part. That is a function of the seed and the image's path alone, so
    /// an image stays in its part when others are added.
    /// </summary>
    /// <param name="image">The image's path relative to the folder, with slashes.</param>
    /// <param name="share">The share of the images in the validation part, from 0 to 1.</param>
    /// <param name="seed">The seed of the split.</param>
    public static bool IsInValidation(string image, double share, long seed)
    {
        byte[] text = Encoding.UTF8.GetBytes(image);
        var keyed = new byte[sizeof(long) + text.Length];
        BinaryPrimitives.WriteInt64LittleEndian(keyed, seed);
        text.CopyTo(keyed, sizeof(long));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(keyed, hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash) * Math.ScaleB(1, -64) < share;
    }

    private static IEnumerable<string> ImagesOf(string path, string name) => Directory
        .EnumerateFiles(System.IO.Path.Combine(path, name), "*", Below)
        .Where(ImageNames.IsImage)
        .Select(f => System.IO.Path.GetRelativePath(path, f).Replace(System.IO.Path.DirectorySeparatorChar, '/'))
        .Order(StringComparer.Ordinal);
}
