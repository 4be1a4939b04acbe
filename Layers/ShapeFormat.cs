using Cnn.Proto;

namespace Cnn.Layers;

/// <summary>Reads the shapes in definitions.</summary>
public static class ShapeFormat
{
    /// <summary>Reads the dimensions of a <c>shape</c> block.</summary>
    /// <exception cref="CnnException">
    /// A dimension is negative, or the dimensions are too many or too large for a blob.
    /// </exception>
    public static int[] Read(BlobShape shape, LayerContext context)
    {
        var dims = new int[shape.Dim.Count];
        for (int i = 0; i < dims.Length; i++)
        {
            dims[i] = shape.Dim[i] is >= 0 and <= int.MaxValue
                ? (int)shape.Dim[i]
                : throw context.Error(
                    shape,
                    BlobShape.DimFieldNumber,
                    $"dimension {i} is {shape.Dim[i]}",
                    shape.Dim[i] < 0 ? "it must be 0 or more" : $"that is too large, at most {int.MaxValue}");
        }

        try
        {
            new Blob().Reshape(dims);
        }
        catch (CnnException exception)
        {
            throw context.Error(shape, BlobShape.DimFieldNumber, exception.Diagnostics[0].Message);
        }

        return dims;
    }
}
