namespace Cnn.Engine.Import.Onnx;

/// <summary>
/// How a value comes from another one. It has no layer of its own until something needs it: the operation that reads it
/// may take both together.
/// </summary>
/// <param name="Source">The other value.</param>
internal abstract record Derivation(ImportedValue Source)
{
    /// <summary>A function of each element.</summary>
    /// <param name="Source">The other value.</param>
    /// <param name="Type">The operator.</param>
    /// <param name="Alpha">Its first number.</param>
    /// <param name="Beta">Its second number.</param>
    internal sealed record Unary(ImportedValue Source, string Type, float Alpha = 0, float Beta = 0)
        : Derivation(Source);

    /// <summary>scale x + shift.</summary>
    /// <param name="Source">x.</param>
    /// <param name="Scale">The factor.</param>
    /// <param name="Shift">What is added.</param>
    internal sealed record Affine(ImportedValue Source, float Scale, float Shift) : Derivation(Source);

    /// <summary>The same values in another shape.</summary>
    /// <param name="Source">The other value.</param>
    internal sealed record Reshaped(ImportedValue Source) : Derivation(Source);

    /// <summary>Zeros around the spatial axes, of which there is one entry each.</summary>
    /// <param name="Source">The value without them.</param>
    /// <param name="Before">How many before.</param>
    /// <param name="After">How many after.</param>
    internal sealed record Padded(ImportedValue Source, int[] Before, int[] After) : Derivation(Source);

    /// <summary>The values as whole numbers.</summary>
    /// <param name="Source">The values.</param>
    /// <param name="IsExact">Whether they are whole numbers anyway.</param>
    internal sealed record WholeNumbers(ImportedValue Source, bool IsExact) : Derivation(Source);

    /// <summary>Places in a plane, as places in the whole array.</summary>
    /// <param name="Source">The places in a plane.</param>
    /// <param name="Shape">The array's shape.</param>
    internal sealed record ArrayPlaces(ImportedValue Source, int[] Shape) : Derivation(Source);

    /// <summary>Whether the values are above a number.</summary>
    /// <param name="Source">The values.</param>
    /// <param name="Threshold">The number.</param>
    internal sealed record Above(ImportedValue Source, float Threshold) : Derivation(Source);

    /// <summary>Planes, each times a number.</summary>
    /// <param name="Source">The planes.</param>
    /// <param name="Factors">The numbers, [N, C] or [N, C, 1, 1].</param>
    internal sealed record ScaledPlanes(ImportedValue Source, ImportedValue Factors) : Derivation(Source);
}
