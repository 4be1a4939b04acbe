using Cnn.Layers.Data.Boxes;
using Cnn.Layers.Kernels.ImageTransform;
using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// <c>geometry_param</c> of DeepDetect's fork: cuts a rectangle, larger or smaller than the image, out of the image and
/// what continues it, and draws it as it looks from the left or the right, and from above or below.
/// </summary>
/// <remarks>
/// Boxes become the upright ones around their four corners; those of which a quarter or more lies outside vanish, and
/// where the image continues mirrored its boxes do too. The fork draws anew for each class of an image, and the last
/// one is seen; here all classes share one draw.
/// </remarks>
internal sealed class ImageGeometry
{
    private const float LeastShare = 0.75f;

    private readonly GeometryParameter parameter;
    private readonly bool zoomsIn;
    private readonly bool zoomsOut;

    /// <summary>Checks the definition.</summary>
    /// <exception cref="CnnException">A number is out of range.</exception>
    public ImageGeometry(LayerContext context, GeometryParameter parameter)
    {
        this.parameter = parameter;
        (zoomsIn, zoomsOut) = (parameter.ZoomIn || parameter.AllEffects, parameter.ZoomOut || parameter.AllEffects);
        Check(GeometryParameter.ProbFieldNumber, parameter.Prob, 1);
        Check(GeometryParameter.ZoomFactorFieldNumber, parameter.ZoomFactor, zoomsIn ? 0.45f : 1);
        Check(GeometryParameter.PerspFactorFieldNumber, parameter.PerspFactor, 0.45f);

        void Check(int field, float value, float largest) =>
            FieldRange.Require(context, parameter, field, value, 0, largest);
    }

    /// <summary>Draws an image from elsewhere, or not.</summary>
    /// <param name="random">The image's random numbers.</param>
    /// <param name="image">The image.</param>
    /// <param name="boxes">Its objects, which follow; null for none.</param>
    public void Run(ImageRandom random, ImageScratch image, List<LabelledBox>? boxes)
    {
        var (chance, zoom, left, top) = random.Block(ImageRandom.Geometry);
        ImageShape shape = image.Shape;
        if (!ImageRandom.Happens(chance, parameter.Prob) || shape.Height < 2 || shape.Width < 2)
        {
            return;
        }

        Perspective map = Draw(random, shape, zoom, left, top);
        Perspective back = map.Inverse();
        PlanarImage from = image.Image, to = image.Next(shape.Height, shape.Width);
        for (int c = 0; c < shape.Channels; c++)
        {
            PerspectiveWarp.Run(from.Plane(c), shape.Height, shape.Width, to.Plane(c), back, Border);
        }

        image.Swap();
        if (boxes is not null)
        {
            Move(boxes, shape, map);
        }
    }

    private PlaneBorder Border => parameter.PadMode switch
    {
        GeometryParameter.Types.Pad_mode.Constant => PlaneBorder.Zeros,
        GeometryParameter.Types.Pad_mode.Mirrored => PlaneBorder.Mirrored,
        _ => PlaneBorder.Repeated,
    };

    // The map from the continued image, three times as large, to the picture.
    private Perspective Draw(ImageRandom random, ImageShape shape, uint zoom, uint left, uint top)
    {
        double height = shape.Height, width = shape.Width;
        double x0 = width, x1 = (2 * width) - 1, y0 = height, y1 = (2 * height) - 1;
        if (zoomsIn || zoomsOut)
        {
            bool isIn = zoomsIn && (!zoomsOut || (zoom >> 31) != 0);
            double factor = isIn ? parameter.ZoomFactor : -parameter.ZoomFactor;
            x0 += ImageRandom.Between(left, 0, factor * width);
            y0 += ImageRandom.Between(top, 0, factor * height);
            (x1, y1) = ((3 * width) - x0, (3 * height) - y0);
        }

        Span<(double X, double Y)> corners =
            [(0, 0), (width - 1, 0), (width - 1, height - 1), (0, height - 1)];
        var (side, sideways, rise, upwards) = random.Block(ImageRandom.Geometry + 1);
        if (parameter.PerspHorizontal || parameter.AllEffects)
        {
            double shift = ImageRandom.Between(sideways, 0, height * parameter.PerspFactor);
            var (upper, lower) = (side >> 31) != 0 ? (0, 3) : (1, 2);
            (corners[upper].Y, corners[lower].Y) = (shift, height - shift);
        }

        if (parameter.PerspVertical || parameter.AllEffects)
        {
            double shift = ImageRandom.Between(upwards, 0, width * parameter.PerspFactor);
            var (first, last) = (rise >> 31) != 0 ? (3, 2) : (0, 1);
            (corners[first].X, corners[last].X) = (shift, width - shift);
        }

        return Perspective.Of(x0, y0, x1, y1, corners);
    }

    private void Move(List<LabelledBox> boxes, ImageShape shape, Perspective map)
    {
        int count = boxes.Count;
        bool isMirrored = parameter.PadMode == GeometryParameter.Types.Pad_mode.Mirrored;
        for (int i = 0; i < count; i++)
        {
            for (int place = 0; place < 9; place++)
            {
                int column = place / 3, row = place % 3;
                if ((isMirrored || place == 4) && TryMove(boxes[i].Box, column, row, shape, map, out Box moved))
                {
                    boxes.Add(boxes[i] with { Box = moved });
                }
            }
        }

        boxes.RemoveRange(0, count);
    }

    // Of a box in one of the nine copies of the image.
    private static bool TryMove(
        Box box, int column, int row, ImageShape shape, Perspective map, out Box moved)
    {
        var (left, right) = column == 1 ? (box.XMin, box.XMax) : (1 - box.XMax, 1 - box.XMin);
        var (top, bottom) = row == 1 ? (box.YMin, box.YMax) : (1 - box.YMax, 1 - box.YMin);
        double xMin = double.MaxValue, yMin = double.MaxValue, xMax = double.MinValue, yMax = double.MinValue;
        for (int corner = 0; corner < 4; corner++)
        {
            double x = (column + (corner % 2 == 0 ? left : right)) * (double)shape.Width;
            double y = (row + (corner / 2 == 0 ? top : bottom)) * (double)shape.Height;
            (x, y) = map.Map(x, y);
            (xMin, xMax) = (Math.Min(xMin, x), Math.Max(xMax, x));
            (yMin, yMax) = (Math.Min(yMin, y), Math.Max(yMax, y));
        }

        var whole = new Box(
            (float)(xMin / shape.Width),
            (float)(yMin / shape.Height),
            (float)(xMax / shape.Width),
            (float)(yMax / shape.Height));
        moved = whole.Clip();
        return moved.Size > LeastShare * whole.Size;
    }
}
