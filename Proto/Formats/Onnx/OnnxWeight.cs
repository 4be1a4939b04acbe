namespace Cnn.Proto.Formats.Onnx;

/// <summary>Returns the values of an array.</summary>
internal delegate ReadOnlySpan<float> FloatValues();

/// <summary>An array of a model whose values are written from where they are.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Dims">Its shape.</param>
/// <param name="Values">Its values, row-major.</param>
internal sealed record OnnxWeight(string Name, IReadOnlyList<long> Dims, FloatValues Values)
{
    /// <summary>The size of the values, in bytes.</summary>
    public long Bytes => Dims.Aggregate(1L, (product, dim) => product * dim) * sizeof(float);

    /// <summary>The message without the values.</summary>
    public TensorProto Header => new()
    {
        Name = Name, DataType = (int)TensorProto.Types.DataType.Float, Dims = { Dims },
    };
}
