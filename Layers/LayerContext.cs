using Cnn.Fillers;
using Cnn.Layers.Threading;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers;

/// <summary>What a layer is given when it is made: its definition and the services of its net.</summary>
public sealed class LayerContext
{
    /// <summary>The layer's definition, with <c>phase</c> set.</summary>
    public required LayerParameter Parameter { get; init; }

    /// <summary>The threads to compute with.</summary>
    public required WorkerPool Pool { get; init; }

    /// <summary>Where random numbers come from.</summary>
    public RandomStreams Random { get; init; } = new(1);

    /// <summary>The net's count of forward passes.</summary>
    public PassClock Clock { get; init; } = new();

    /// <summary>Makes the fillers of the layer's parameters.</summary>
    public FillerRegistry Fillers { get; init; } = new();

    /// <summary>Where the definition was written.</summary>
    public SourceMap Sources { get; init; } = new();

    /// <summary>Finds the files that the definition names.</summary>
    public PathResolver Files { get; init; } = new((string?)null);

    /// <summary>
    /// Whether the net only runs forward, with parameters that stay as they are at the first pass: nothing needs to be
    /// kept for a backward pass, and weights may stay packed for the kernels.
    /// </summary>
    public bool Inference { get; init; }

    /// <summary>
    /// What the layer makes up where the files of its data are not here; null where that is an error, as in training.
    /// </summary>
    public MadeUpData? MadeUp { get; init; }

    /// <summary>
    /// Receives warnings: what the user should know although the layer goes on; null where nobody listens.
    /// </summary>
    public Action<Diagnostic>? Warn { get; init; }

    /// <summary>Makes an error about the layer's definition, located at the layer.</summary>
    public CnnException Error(string message, string? hint = null) => Error(Parameter, 0, message, hint);

    /// <summary>
    /// Makes an error about a message of the layer's definition, located where a field of it was written.
    /// </summary>
    /// <param name="message">The parameter message, such as <c>Parameter.ConvolutionParam</c>; may be null.</param>
    /// <param name="fieldNumber">The field, such as <c>ConvolutionParameter.KernelSizeFieldNumber</c>.</param>
    /// <param name="text">What is wrong.</param>
    /// <param name="hint">What would be right.</param>
    public CnnException Error(IMessage? message, int fieldNumber, string text, string? hint = null) =>
        new(DiagnosticAt(message, fieldNumber, text, hint));

    /// <summary>Makes an error of what is wrong with a file, located at the field that names the file.</summary>
    /// <param name="message">The parameter message; may be null.</param>
    /// <param name="fieldNumber">The field.</param>
    /// <param name="cause">What is wrong; its first error counts.</param>
    internal CnnException Error(IMessage? message, int fieldNumber, CnnException cause) =>
        Error(message, fieldNumber, cause.Diagnostics[0].Message, cause.Diagnostics[0].Hint);

    /// <summary>
    /// Warns about something in the layer's definition that is legal but hardly intended; located like errors.
    /// </summary>
    /// <param name="message">The parameter message; may be null.</param>
    /// <param name="fieldNumber">The field.</param>
    /// <param name="text">What is the matter.</param>
    /// <param name="hint">What would be better.</param>
    public void Warning(IMessage? message, int fieldNumber, string text, string? hint = null) =>
        Warn?.Invoke(DiagnosticAt(message, fieldNumber, text, hint));

    private Diagnostic DiagnosticAt(IMessage? message, int fieldNumber, string text, string? hint) => new(
        text,
        Sources.Find(message, fieldNumber) ?? Sources.Find(Parameter),
        hint,
        Parameter.Name);
}
