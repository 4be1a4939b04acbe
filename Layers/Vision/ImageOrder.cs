using Cnn.Layers.Kernels.Resize;
using Cnn.Proto;
using Google.Protobuf;

namespace Cnn.Layers.Vision;

/// <summary>
/// The sizes of a layer that resizes images in either order of axes, [N, H, W, C] or [N, C, H, W], as
/// <c>data_format</c> says.
/// </summary>
/// <param name="Context">Locates errors.</param>
/// <param name="Options">The message with the fields.</param>
/// <param name="Format">The order: NHWC or NCHW.</param>
/// <param name="FormatField">Its field.</param>
internal readonly record struct ImageOrder(LayerContext Context, IMessage Options, string Format, int FormatField)
{
    private bool IsChannelsLast => Format == "NHWC";

    /// <summary>Returns the sizes for a bottom and shapes the top.</summary>
    /// <param name="bottom">The bottom.</param>
    /// <param name="top">The top; reshaped.</param>
    /// <param name="height">Rows of the top; 0 for the scaled size.</param>
    /// <param name="width">Columns of the top; 0 for the scaled size.</param>
    /// <param name="scaleHeight">The growth of the rows.</param>
    /// <param name="scaleWidth">The growth of the columns.</param>
    /// <exception cref="CnnException">
    /// The order is unknown, the bottom has not 4 axes, or a size is below 1.
    /// </exception>
    public ResizeShape Shape(Blob bottom, Blob top, int height, int width, float scaleHeight, float scaleWidth)
    {
        if (Format is not ("NHWC" or "NCHW"))
        {
            throw Context.Error(
                Options,
                FormatField,
                $"data_format is \"{Format}\"",
                "NHWC or NCHW, which is the order of other layers");
        }

        string name = Context.Parameter.Bottom[0];
        if (bottom.AxisCount != 4 || bottom.CountOf(1) == 0)
        {
            throw Context.Error(
                $"bottom '{name}' has shape {bottom.ShapeText}",
                $"{Context.Parameter.Type} takes 4 axes: {(IsChannelsLast ? "[N, H, W, C]" : "[N, C, H, W]")}");
        }

        int axis = IsChannelsLast ? 1 : 2, rows = bottom.Dim(axis), columns = bottom.Dim(axis + 1);
        int outRows = OutSize(height, rows, scaleHeight), outColumns = OutSize(width, columns, scaleWidth);
        int channels = IsChannelsLast ? bottom.Dim(3) : 1;
        long count = BlobSize.Of(Math.Max(1, bottom.Dim(0)), bottom.CountOf(1) / rows / columns, outRows, outColumns);
        if (count > BlobSize.Most)
        {
            throw Context.Error(
                $"the top for bottom '{name}' of shape {bottom.ShapeText} is too large: {BlobSize.Excess(count)}");
        }

        Span<int> shape = [bottom.Dim(0), bottom.Dim(1), bottom.Dim(2), bottom.Dim(3)];
        (shape[axis], shape[axis + 1]) = (outRows, outColumns);
        top.Reshape(shape);
        int planes = IsChannelsLast ? bottom.Dim(0) : bottom.CountOf(0, 2);
        return new ResizeShape(planes, rows, columns, outRows, outColumns, channels);
    }

    private int OutSize(int given, int size, float scale)
    {
        double result = given != 0 ? given : Math.Floor(size * scale);
        return result is >= 1 and <= WindowReader.Largest ? (int)result : throw Context.Error(
            Options,
            0,
            $"a size of {result} is asked for, expected 1 to {WindowReader.Largest}",
            "give output_height and output_width");
    }
}
