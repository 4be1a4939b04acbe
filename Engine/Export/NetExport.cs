using Cnn.Engine.Export.Onnx;
using Cnn.Engine.Graph;
using Cnn.Proto;
using Cnn.Proto.Formats;
using Cnn.Proto.Formats.Onnx;

namespace Cnn.Engine.Export;

/// <summary>Writes nets for other programs.</summary>
public static class NetExport
{
    private const string DomainProblem = $"ONNX Runtime does not know the domain {OnnxGraph.CustomDomain}";

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
        bool isRunnable = export.Model.OpsetImport.Count == 1;
        if (!isRunnable && options.Check == OnnxCheckChoice.Always)
        {
            throw new CnnException(
                $"the file cannot be checked: {DomainProblem}", "export it without the check, or without that domain");
        }

        OnnxWriter.Write(path, export.Model, export.Weights, options.UsesExternalData);
        string? problem = options.Check == OnnxCheckChoice.Never ? "it was not asked for"
            : runtime is null ? "ONNX Runtime is not installed"
            : isRunnable ? null : DomainProblem;
        var (inputs, difference) = problem is null ? new OnnxCheck(net, options, runtime!).Run(path, export) : (0, 0);
        return new OnnxReport
        {
            Inputs = [.. export.Inputs.Select(i => i.Name)],
            Outputs = [.. export.Outputs.Select(o => o.Name)],
            Nodes = export.Model.Graph.Node.Count,
            BatchProblem = options.FixesBatch ? null : export.BatchProblem,
            CheckedInputs = inputs,
            CheckProblem = problem,
            GreatestDifference = difference,
        };
    }

    /// <summary>
    /// Writes a net's parameters by name, as other programs read them: <c>LAYER.weight</c>, <c>LAYER.bias</c> and so
    /// on, in float32, in the shapes and with the bits that the net has. A parameter that layers share is written once,
    /// under the name of its owner. <see cref="Net.CopyWeightsFrom"/> reads the file.
    /// </summary>
    /// <param name="net">The net.</param>
    /// <param name="path">The file: .safetensors or NumPy's .npz, by the extension.</param>
    /// <returns>What was written.</returns>
    /// <exception cref="CnnException">
    /// The extension is another one, the net has no parameters or two layers of the same name with parameters, or the
    /// file cannot be written; an existing file is unchanged then.
    /// </exception>
    public static ExportedWeights ExportWeights(this Net net, string path)
    {
        ArgumentNullException.ThrowIfNull(net);
        ArgumentNullException.ThrowIfNull(path);
        return WeightExport.Write(net, path);
    }

    /// <summary>Whether a file's extension is one that <see cref="ExportWeights"/> writes.</summary>
    public static bool IsOfWeights(string path) => NamedArrayFiles.IsName(path);
}
