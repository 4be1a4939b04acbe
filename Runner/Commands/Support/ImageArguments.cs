using Cnn.Engine.Classification;
using Cnn.Proto;
using Cnn.Proto.Formats.ImageSets;

namespace Cnn.Runner.Commands.Support;

/// <summary>The images that a command line names: files, folders, patterns, and <c>-</c> for standard input.</summary>
internal static class ImageArguments
{
    private const string StandardInput = "-";

    /// <summary>Finds the images, in the order of the arguments; those of a folder or a pattern are sorted.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="openInput">Opens standard input.</param>
    /// <exception cref="CnnException">
    /// A folder has no images, a pattern matches nothing, or standard input is named twice.
    /// </exception>
    public static IReadOnlyList<ImageInput> Find(string[] arguments, Func<Stream> openInput)
    {
        if (arguments.Count(a => a == StandardInput) > 1)
        {
            throw new CnnException("standard input is named twice", "it holds one image");
        }

        return
        [
            .. arguments.SelectMany(a => a == StandardInput
                ? [new ImageInput(StandardInput, openInput)]
                : PathsOf(a).Select(ImageInput.OfFile)),
        ];
    }

    // A file that is not there is told when its turn comes, like one that is no image: the others are looked at.
    private static string[] PathsOf(string argument)
    {
        PathText.Require(argument);
        return Directory.Exists(argument) ? ImagesIn(argument)
            : File.Exists(argument) || !GlobPattern.IsPattern(argument) ? [argument]
            : GlobPattern.Files(argument) is { Length: > 0 } found ? found
            : throw new CnnException($"no file matches '{argument}'");
    }

    private static string[] ImagesIn(string folder)
    {
        try
        {
            string[] images =
            [
                .. Directory.EnumerateFiles(folder).Where(ImageNames.IsImage).Order(StringComparer.Ordinal),
            ];
            return images.Length > 0
                ? images
                : throw new CnnException($"the folder '{folder}' holds no images", ImageNames.Hint);
        }
        catch (Exception exception) when (FileErrors.From(folder, "read", exception) is { } error)
        {
            throw error;
        }
    }
}
