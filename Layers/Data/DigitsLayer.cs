using Cnn.Layers.Data.Digits;
using Cnn.Layers.Data.Transform;
using Cnn.Proto;
using Target = Cnn.Proto.DigitCanvasParameter.Types.Target;

namespace Cnn.Layers.Data;

/// <summary>
/// <c>Digits</c>: handwritten-looking digits drawn as they are needed, a data set without files. Tops: images
/// [N, 1, 28, 28] and, if named, labels [N]. Image i of a pass is number first + (pass * N + i) of the stream of
/// <c>seed</c>, starting again after <c>count</c> where that is given.
/// </summary>
/// <remarks>
/// With <c>canvas</c>, several digits are scattered over each image [N, 1, H, W]. The second top has their boxes,
/// [1, 1, B, 8], rows of [image in the batch, class, instance, xmin, ymin, xmax, ymax, 0], or the class of every pixel,
/// [N, 1, H, W]; digit D is of class D + 1, and 0 is the background.
/// </remarks>
[LayerType("Digits")]
internal sealed class DigitsLayer : ImageSourceLayer
{
    private const int MostDigits = 1000, LargestSide = 4096, LeastSize = 8;

    private readonly DigitsParameter parameter;
    private readonly DigitCanvasParameter? canvas;
    private readonly ImageShape shape = new(1, DigitRenderer.Side, DigitRenderer.Side);
    private readonly ulong key;
    private DigitCanvas[] canvases = [];

    /// <summary>Makes the layer.</summary>
    public DigitsLayer(LayerContext context)
        : this(context, context.Parameter.DigitsParam ?? new DigitsParameter())
    {
    }

    private DigitsLayer(LayerContext context, DigitsParameter parameter)
        : base(context, new SourceOptions(
            parameter, 0, DigitsParameter.BatchSizeFieldNumber, parameter.BatchSize, parameter.Prefetch))
    {
        (this.parameter, key, canvas) = (parameter, DigitRenderer.Key(parameter.Seed), parameter.Canvas);
        if (canvas is not null)
        {
            shape = new ImageShape(1, (int)canvas.Height, (int)canvas.Width);
        }
    }

    // A count larger than can ever be drawn sets no end.
    private protected override long Count => parameter.Count <= long.MaxValue ? (long)parameter.Count : 0;

    private protected override bool HasBoxes => canvas?.Target == Target.Boxes;

    private protected override void Open(bool hasLabels)
    {
        if (canvas is null)
        {
            return;
        }

        CheckSizes();
        if (hasLabels)
        {
            CheckTransformation();
        }

        canvases = [.. Enumerable.Range(0, WorkerCount).Select(_ => new DigitCanvas(canvas, parameter.Seed))];
    }

    private protected override ImageShape? PlanesOf(int top, ImageShape image) =>
        top == 1 && canvas?.Target == Target.Classes ? shape : null;

    private protected override ImageShape ShapeOf(long item, int worker) => shape;

    private protected override void Load(long item, int worker, ImageTarget target)
    {
        ulong index = unchecked(parameter.First + (ulong)item);
        if (canvas is not null)
        {
            LoadCanvas(canvases[worker], index, target);
            return;
        }

        Span<byte> pixels = stackalloc byte[DigitRenderer.Side * DigitRenderer.Side];
        int digit = DigitRenderer.Draw(key, index, pixels);
        target.Transform(shape, pixels, digit);
    }

    private protected override string NameOf(long item) => $"digit {unchecked(parameter.First + (ulong)item)}";

    private void LoadCanvas(DigitCanvas drawn, ulong index, ImageTarget target)
    {
        drawn.Draw(index);
        target.Transform(shape, drawn.Image.Pixels, 0);
        if (target.WantsBoxes)
        {
            target.Boxes.Clear();
            target.Boxes.AddRange(drawn.Objects);
        }

        Span<float> classes = target.Planes(1);
        for (int i = 0; i < classes.Length; i++)
        {
            classes[i] = drawn.Classes[i];
        }
    }

    private void CheckSizes()
    {
        RequireRange(canvas!.Height, LeastSize, LargestSide, DigitCanvasParameter.HeightFieldNumber);
        RequireRange(canvas.Width, LeastSize, LargestSide, DigitCanvasParameter.WidthFieldNumber);
        RequireRange(canvas.MaxDigits, 1, MostDigits, DigitCanvasParameter.MaxDigitsFieldNumber);
        RequireRange(canvas.MinDigits, 0, canvas.MaxDigits, DigitCanvasParameter.MinDigitsFieldNumber);
        uint side = Math.Min(canvas.Height, canvas.Width);
        RequireRange(canvas.MaxSize, LeastSize, side, DigitCanvasParameter.MaxSizeFieldNumber);
        RequireRange(canvas.MinSize, LeastSize, canvas.MaxSize, DigitCanvasParameter.MinSizeFieldNumber);
    }

    private void RequireRange(uint value, uint least, uint most, int field)
    {
        if (value < least || value > most)
        {
            string name = DigitCanvasParameter.Descriptor.FindFieldByNumber(field).Name;
            throw Context.Error(
                canvas!, field, $"{name} is {value}", $"it is {least} to {most} for images of {shape.Height} x "
                + $"{shape.Width} with at most {canvas!.MaxDigits} digits of at most {canvas.MaxSize} pixels");
        }
    }

    // Boxes and classes are those of the drawing, whose digits lie at random anyway.
    private void CheckTransformation()
    {
        int? moving = Transformer.MovingField;
        if (Parameter.TransformParam is { Mirror: true })
        {
            moving = TransformationParameter.MirrorFieldNumber;
        }
        else if (Transformer.CropHeight > 0)
        {
            moving = Parameter.TransformParam.CropSize > 0 ? TransformationParameter.CropSizeFieldNumber
                : Parameter.TransformParam.CropH > 0 ? TransformationParameter.CropHFieldNumber
                : TransformationParameter.CropHeightFieldNumber;
        }

        if (moving is { } field)
        {
            string name = TransformationParameter.Descriptor.FindFieldByNumber(field).Name;
            throw Context.Error(
                Parameter.TransformParam,
                field,
                $"{name} moves pixels and not what '{Parameter.Top[1]}' tells of them",
                "leave it away: each image has other digits in other places");
        }
    }
}
