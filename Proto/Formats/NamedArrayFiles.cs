using Cnn.Proto.Formats.Npz;
using Cnn.Proto.Formats.Safetensors;

namespace Cnn.Proto.Formats;

/// <summary>The formats of files that hold arrays by name, for other programs: safetensors and NumPy's .npz.</summary>
internal static class NamedArrayFiles
{
    /// <summary>Whether a file's name ends as those of one of the formats do.</summary>
    public static bool IsName(string path) => IsSafetensors(path) || IsNpz(path);

    /// <summary>
    /// Opens a file of weights that is in one of the formats, by its content or its name; null for any other file.
    /// </summary>
    /// <exception cref="CnnException">The file cannot be read or is damaged.</exception>
    public static WeightsFile? Open(string path) =>
        SafetensorsFile.IsFormatOf(path) ? SafetensorsFile.Open(path)
        : NpzFile.IsFormatOf(path) ? NpzFile.Open(path)
        : IsSafetensors(path) ? SafetensorsFile.Open(path)
        : IsNpz(path) ? NpzFile.Open(path)
        : null;

    /// <summary>Writes arrays in their order, atomically, in the format of the file's name.</summary>
    /// <param name="path">The file.</param>
    /// <param name="arrays">The arrays.</param>
    /// <param name="metadata">Texts about the file, by their keys; not every format has a place for them.</param>
    /// <exception cref="CnnException">The name determines no format, or the file cannot be written.</exception>
    public static void Write(
        string path, IReadOnlyList<NamedArray> arrays, IReadOnlyList<(string Key, string Text)> metadata)
    {
        if (!IsName(path))
        {
            throw new CnnException(
                $"'{path}': the extension does not say which format to write",
                $"use {SafetensorsFile.Extension} or {NpzFile.Extension}");
        }

        AtomicFile.Write(path, stream =>
        {
            if (IsNpz(path))
            {
                NpzFile.Write(stream, arrays);
            }
            else
            {
                SafetensorsFile.Write(stream, arrays, metadata);
            }
        });
    }

    private static bool IsSafetensors(string path) =>
        path.EndsWith(SafetensorsFile.Extension, StringComparison.OrdinalIgnoreCase);

    private static bool IsNpz(string path) => path.EndsWith(NpzFile.Extension, StringComparison.OrdinalIgnoreCase);
}
