using System.ComponentModel.DataAnnotations;

namespace Cnn.Layers.Common;

/// <summary>The <c>param_str</c> of the Eltwise class in Python.</summary>
internal sealed record PythonEltwiseOptions
{
    /// <summary>0 for the product, 1 the weighted sum, 2 the maximum, 3 the quotient, 4 the minimum.</summary>
    [Range(0, 4)]
    public required int Operation { get; init; }

    /// <summary>The two factors of the weighted sum.</summary>
    public double[] Coeff { get; init; } = [1, 1];
}
