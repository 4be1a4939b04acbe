using System.Globalization;
using Cnn.Proto.Formats.Wire;
using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Onnx;

/// <summary>
/// Values in a file beside the model's. A model says which file that is, and comes from anywhere: the file has to be in
/// the model's own folder.
/// </summary>
internal static class OnnxExternalData
{
    /// <summary>Finds an array's values.</summary>
    /// <param name="model">The model.</param>
    /// <param name="tensor">The array.</param>
    /// <param name="needed">The size of its values, in bytes.</param>
    /// <exception cref="CnnException">The place is no good, or the file is too short.</exception>
    public static OnnxBytes Open(OnnxModel model, TensorProto tensor, long needed)
    {
        string location = Entry(tensor, "location") ?? "";
        long offset = Number(model, tensor, "offset") ?? 0;
        long length = Number(model, tensor, "length") ?? needed;
        if (length != needed)
        {
            throw Error(model, tensor, $"its shape needs {needed} bytes, but '{location}' is said to have {length}");
        }

        string path = Resolve(model, tensor, location);
        SafeFileHandle file = model.Open(path);
        long size = FileText.Length(file, path);
        return offset <= size - needed
            ? (at, to) => WireReader.ReadAt(file, path, offset + at, to)
            : throw Error(
                model,
                tensor,
                $"'{location}' is {size} bytes long, but its values are {needed} bytes from byte {offset} on");
    }

    private static string Resolve(OnnxModel model, TensorProto tensor, string location)
    {
        string[] parts = location.Split('/', '\\');
        bool isOutside = location.Length == 0
            || location.AsSpan().IndexOfAnyInRange('\0', '\u001f') >= 0
            || Path.IsPathRooted(location)
            || location.Contains(':', StringComparison.Ordinal)
            || parts.Any(part => part is "" or "..");
        if (isOutside)
        {
            throw Outside(model, tensor, $"are in '{location}', which is no file below the model's folder");
        }

        string folder = Path.GetDirectoryName(Path.GetFullPath(model.Path))!, path = folder;
        foreach (string part in parts.Where(part => part != "."))
        {
            path = Path.Combine(path, part);
            if (LeadsOut(path, folder))
            {
                throw Outside(model, tensor, $"are in '{location}', a link that leads out of the model's folder");
            }
        }

        // The path as the user would write it.
        string own = Path.GetDirectoryName(model.Path) ?? "";
        string shown = Path.Combine(own, Path.GetRelativePath(folder, path));
        return File.Exists(shown) ? shown : throw Error(
            model, tensor, $"its values are in '{shown}', which does not exist", "copy it beside the model");
    }

    private static bool LeadsOut(string path, string folder)
    {
        try
        {
            FileSystemInfo? target = new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true);
            return target is not null
                && !target.FullName.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // What is not there is reported as such later.
            return false;
        }
    }

    private static long? Number(OnnxModel model, TensorProto tensor, string key)
    {
        string? text = Entry(tensor, key);
        return text is null ? null
            : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
            : throw Error(model, tensor, $"the {key} of its external data is '{text}', expected a whole number");
    }

    private static string? Entry(TensorProto tensor, string key) =>
        tensor.ExternalData.LastOrDefault(e => e.Key == key)?.Value;

    private static CnnException Outside(OnnxModel model, TensorProto tensor, string problem) => model.Error(
        $"the values of tensor '{tensor.Name}' {problem}",
        "files of values are read from the folder of the model alone");

    private static CnnException Error(OnnxModel model, TensorProto tensor, string problem, string? hint = null) =>
        model.Error($"tensor '{tensor.Name}': {problem}", hint);
}
