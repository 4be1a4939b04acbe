using Microsoft.Win32.SafeHandles;

namespace Cnn.Proto.Formats.Onnx;

/// <summary>
/// A model that was read. The values of its arrays stay in their files until they are asked for, so it is to be
/// disposed only after that.
/// </summary>
internal sealed class OnnxModel : IDisposable
{
    private readonly Dictionary<string, SafeFileHandle> files = new(StringComparer.Ordinal);

    /// <param name="path">The file, as the user named it.</param>
    /// <param name="message">The model; its graph has no initializers.</param>
    public OnnxModel(string path, ModelProto message) => (Path, Message) = (path, message);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The model without the initializers.</summary>
    public ModelProto Message { get; }

    /// <summary>The graph's initializers, in the order of the file.</summary>
    public List<OnnxTensor> Initializers { get; } = [];

    /// <summary>The size of all files of the model, in bytes.</summary>
    public long Bytes { get; private set; }

    /// <summary>Returns an array that is within the message, such as an attribute's.</summary>
    /// <exception cref="CnnException">It is damaged, or of a type that is not read.</exception>
    public OnnxTensor Tensor(TensorProto tensor) => new(this, tensor, null, 0);

    /// <summary>Keeps a file open until the model is disposed.</summary>
    public void Keep(string path, SafeFileHandle file)
    {
        files.Add(path, file);
        Bytes += FileText.Length(file, path);
    }

    /// <summary>Returns a file of values, open for reading.</summary>
    /// <exception cref="CnnException">It cannot be read.</exception>
    public SafeFileHandle Open(string path)
    {
        if (!files.TryGetValue(path, out SafeFileHandle? file))
        {
            Keep(path, file = FileText.OpenHandle(path));
        }

        return file;
    }

    /// <summary>Returns the error for what is wrong with the file.</summary>
    public CnnException Error(string problem, string? hint = null) => new($"{Path}: {problem}", hint);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (SafeFileHandle file in files.Values)
        {
            file.Dispose();
        }
    }
}
