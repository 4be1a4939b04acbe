using System.ComponentModel.DataAnnotations;

namespace Cnn.Layers.Common;

/// <summary>The <c>param_str</c> of the PadTensor class in Python.</summary>
internal sealed record PythonPadOptions
{
    /// <summary>Rows above.</summary>
    [Range(0, short.MaxValue)]
    public required int PadT { get; init; }

    /// <summary>Rows below.</summary>
    [Range(0, short.MaxValue)]
    public required int PadB { get; init; }

    /// <summary>Columns to the left.</summary>
    [Range(0, short.MaxValue)]
    public required int PadL { get; init; }

    /// <summary>Columns to the right.</summary>
    [Range(0, short.MaxValue)]
    public required int PadR { get; init; }

    /// <summary>What the padding holds, in NumPy's words; zeros are <c>constant</c>.</summary>
    public required string PadMode { get; init; }
}
