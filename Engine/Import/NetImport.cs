using Cnn.Engine.Import.Onnx;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;

namespace Cnn.Engine.Import;

/// <summary>Reads nets of other programs.</summary>
public static class NetImport
{
    /// <summary>
    /// Reads an ONNX file as a net: each operation becomes the layers that compute exactly the same. What is known
    /// before the net runs, such as shapes, is computed.
    /// </summary>
    /// <param name="path">The file; values in other files are read from its folder.</param>
    /// <param name="options">How to read it; null for the defaults.</param>
    /// <returns>The net and its weights.</returns>
    /// <exception cref="CnnException">
    /// The file cannot be read or is damaged, or operations have no layer that computes them: the error lists them.
    /// </exception>
    public static ImportedNet LoadOnnx(string path, OnnxImportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        using OnnxModel model = OnnxReader.Read(path);
        return OnnxImporter.Import(model, options ?? new OnnxImportOptions());
    }
}
