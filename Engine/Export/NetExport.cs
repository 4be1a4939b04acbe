using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Proto.Formats.Onnx;

namespace Cnn.Engine.Export;

/// <summary>Writes nets for other programs.</summary>
public static class NetExport
{
    /// <summary>
    /// Writes a net as an ONNX file, as it runs in its TEST phase: its sources are the graph's inputs, the blobs that
    /// nothing reads its outputs; losses and scores that need labels are left out.
    /// </summary>
    /// <param name="net">The net, built for TEST and not for <see cref="NetOptions.Inference"/>.</param>
    /// <param name="path">The file.</param>
    /// <param name="options">How to write it; null for the defaults.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="CnnException">
    /// A layer cannot be expressed, which the error names; the file cannot be written; or it computes something else
    /// than the net, and the error names the first blob that differs.
    /// </exception>
    public static OnnxReport ExportOnnx(this Net net, string path, OnnxOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(net);
        options ??= new OnnxOptions();
        OnnxRuntimeLibrary? runtime = options.Check == OnnxCheckChoice.Never ? null : OnnxRuntimeLibrary.Find();
        if (runtime is null && options.Check == OnnxCheckChoice.Always)
        {
            throw new CnnException(
                "the file cannot be checked: ONNX Runtime is not installed", OnnxRuntimeLibrary.HowToInstall);
        }

        OnnxExport export = OnnxExporter.Export(net, options);
        OnnxWriter.Write(path, export.Model, export.Weights, options.UsesExternalData);
        var (inputs, difference) = runtime is null || export.Model.OpsetImport.Count > 1
            ? (0, 0)
            : new OnnxCheck(net, options, runtime).Run(path, export);
        return new OnnxReport
        {
            Inputs = [.. export.Inputs.Select(i => i.Name)],
            Outputs = [.. export.Outputs.Select(o => o.Name)],
            Nodes = export.Model.Graph.Node.Count,
            BatchProblem = options.FixesBatch ? null : export.BatchProblem,
            CheckedInputs = inputs,
            GreatestDifference = difference,
        };
    }
}
