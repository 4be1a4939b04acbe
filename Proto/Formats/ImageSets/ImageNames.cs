namespace Cnn.Proto.Formats.ImageSets;

/// <summary>The names by which image files are found in a folder.</summary>
internal static class ImageNames
{
    private static readonly string[] Extensions = [".jpg", ".jpeg", ".png", ".bmp", ".webp"];

    /// <summary>What an error says of them.</summary>
    public static string Hint => $"images are files that end in {string.Join(", ", Extensions)}";

    /// <summary>Returns whether a file has the name of an image.</summary>
    public static bool IsImage(string path) =>
        Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);
}
