using Cnn.Proto;
using Cnn.Proto.Formats.Images;

namespace Cnn.Layers.Data.Transform;

/// <summary>
/// <c>transform_param</c>: what happens to images on their way into a net, in this order: padding and distortion; the
/// resized crop or the crop; mirror; the change of colours; mean and scale; cutout. Checks what the definition says and
/// makes the plan for images of a shape, which any number of threads may follow.
/// </summary>
internal sealed partial class DataTransformer
{
    private const int MostPlans = 1024;

    private readonly LayerContext context;
    private readonly TransformationParameter parameter;
    private readonly ulong key;
    private readonly bool isTraining;
    private readonly Distortion? distortion;
    private readonly ResizedCrop? resizedCrop;
    private readonly ColorJitter? colorJitter;
    private readonly Cutout? cutout;
    private readonly int crop;
    private readonly int pad;
    private readonly AlignedBuffer? mean;
    private readonly ImageShape meanShape;
    private readonly float[] meanValues;
    private readonly Dictionary<ImageShape, TransformPlan> plans = [];

    /// <summary>Reads the layer's <c>transform_param</c>, and the mean file that it names.</summary>
    /// <exception cref="CnnException">Fields exclude each other or are out of range, or the mean is wrong.</exception>
    public DataTransformer(LayerContext context)
    {
        this.context = context;
        parameter = context.Parameter.TransformParam ?? new TransformationParameter();
        key = context.Random.Key(context.Parameter.Name, "transform");
        isTraining = context.Parameter.Phase == Phase.Train;
        meanValues = [.. parameter.MeanValue];
        if (parameter.CropSize > int.MaxValue)
        {
            throw Error(TransformationParameter.CropSizeFieldNumber, $"crop_size {parameter.CropSize} is too large");
        }

        crop = (int)parameter.CropSize;
        pad = parameter.Pad <= 1 << 14
            ? (int)parameter.Pad
            : throw Error(
                TransformationParameter.PadFieldNumber, $"pad {parameter.Pad} is too large", $"at most {1 << 14}");
        distortion = parameter.Distortion is { } bounds ? new Distortion(context, bounds) : null;
        resizedCrop = parameter.RandomResizedCrop is { } window ? new ResizedCrop(context, window, isTraining) : null;
        colorJitter = parameter.ColorJitter is { } colors ? new ColorJitter(context, colors) : null;
        cutout = parameter.Cutout is { } squares ? new Cutout(context, squares) : null;
        CheckExclusions();
        if (parameter.HasMeanFile && !LacksMean)
        {
            mean = ReadMean(out meanShape);
        }
    }

    /// <summary>What image files in records are decoded to: as stored, unless a force says otherwise.</summary>
    public ImageColor StoredColor => parameter.ForceColor ? ImageColor.Colour
        : parameter.ForceGray ? ImageColor.Grey
        : ImageColor.Stored;

    /// <summary>The mean image of <c>mean_file</c>; null for none.</summary>
    public AlignedBuffer? Mean => mean;

    /// <summary>The shape of <see cref="Mean"/>.</summary>
    public ImageShape MeanShape => meanShape;

    /// <summary>
    /// Returns the plan for images of a shape: the same object for each shape, unless there are very many. One thread
    /// at a time may call this; plans made before stay good.
    /// </summary>
    /// <exception cref="CnnException">The crop, the colours or the mean do not fit such images.</exception>
    public TransformPlan Plan(ImageShape shape)
    {
        if (plans.TryGetValue(shape, out TransformPlan? plan))
        {
            return plan;
        }

        if (plans.Count >= MostPlans)
        {
            plans.Clear();
        }

        ImageShape padded = Padded(shape);
        Check(padded);
        plan = new TransformPlan
        {
            Key = key,
            Image = shape,
            Padded = padded,
            Pad = pad,
            Fill = parameter.Distortion?.Fill ?? 0,
            Distortion = isTraining ? distortion : null,
            ResizedCrop = resizedCrop,
            Crop = crop,
            RandomCrop = isTraining,
            Mirror = parameter.Mirror,
            ColorJitter = isTraining ? colorJitter : null,
            Mean = mean,
            ChannelMean = ChannelMean(shape.Channels),
            Scale = parameter.Scale,
            Cutout = isTraining ? cutout : null,
        };
        plans.Add(shape, plan);
        return plan;
    }

    private void CheckExclusions()
    {
        if (parameter.ForceColor && parameter.ForceGray)
        {
            throw Error(
                TransformationParameter.ForceGrayFieldNumber,
                "force_color and force_gray exclude each other",
                "remove one");
        }

        if (resizedCrop is not null && crop > 0)
        {
            throw Error(
                TransformationParameter.CropSizeFieldNumber,
                "crop_size and random_resized_crop are both given",
                "remove crop_size; the size is that of random_resized_crop");
        }

        if (!parameter.HasMeanFile)
        {
            return;
        }

        if (parameter.MeanFile.Length == 0)
        {
            throw Error(
                TransformationParameter.MeanFileFieldNumber, "mean_file names no file", "remove it or name the file");
        }

        if (meanValues.Length > 0)
        {
            throw Error(
                TransformationParameter.MeanValueFieldNumber, "mean_file and mean_value are both given", "give one");
        }

        if (pad > 0)
        {
            throw Error(
                TransformationParameter.PadFieldNumber,
                "pad and mean_file are both given",
                "the mean of what lies outside the image is not known; use mean_value");
        }

        if (resizedCrop is not null)
        {
            throw Error(
                TransformationParameter.MeanFileFieldNumber,
                "mean_file and random_resized_crop are both given",
                "the mean image has no pixels of the resized ones; use mean_value");
        }
    }

    private AlignedBuffer ReadMean(out ImageShape shape)
    {
        try
        {
            float[] values = MeanFile.Read(context.Files.Find(parameter.MeanFile), out shape);
            var buffer = new AlignedBuffer(values.Length);
            values.CopyTo(buffer.Span);
            return buffer;
        }
        catch (CnnException exception)
        {
            Diagnostic first = exception.Diagnostics[0];
            throw Error(TransformationParameter.MeanFileFieldNumber, first.Message, first.Hint);
        }
    }

    /// <summary>Returns <c>mean_value</c> for each channel; null where it is not given.</summary>
    public AlignedBuffer? ChannelMean(int channels)
    {
        if (meanValues.Length == 0)
        {
            return null;
        }

        var means = new AlignedBuffer(channels);
        for (int c = 0; c < channels; c++)
        {
            means.Span[c] = meanValues[meanValues.Length == 1 ? 0 : c];
        }

        return means;
    }

    private ImageShape Padded(ImageShape shape)
    {
        long height = shape.Height + (2L * pad), width = shape.Width + (2L * pad);
        return shape.Channels * height * width <= int.MaxValue / 2
            ? new ImageShape(shape.Channels, (int)height, (int)width)
            : throw Error(TransformationParameter.PadFieldNumber, $"pad {pad} makes images of {shape} too large");
    }

    private void Check(ImageShape shape)
    {
        if (crop > Math.Min(shape.Height, shape.Width))
        {
            throw Error(
                TransformationParameter.CropSizeFieldNumber,
                $"crop_size {crop} is larger than the images, {shape}",
                $"at most {Math.Min(shape.Height, shape.Width)}");
        }

        if (mean is not null && meanShape != shape)
        {
            throw Error(
                TransformationParameter.MeanFileFieldNumber,
                $"the mean in '{parameter.MeanFile}' is {meanShape}, the images are {shape}",
                "compute the mean of this data set, before any crop");
        }

        CheckMeanValues(shape);
    }

    private void CheckMeanValues(ImageShape shape)
    {
        if (meanValues.Length > 1 && meanValues.Length != shape.Channels)
        {
            throw Error(
                TransformationParameter.MeanValueFieldNumber,
                $"{meanValues.Length} mean values for {shape.Channels} channels",
                "give one for all or one per channel");
        }

        colorJitter?.Check(shape);
        if (resizedCrop is not null && (long)shape.Channels * resizedCrop.Height * resizedCrop.Width > int.MaxValue / 2)
        {
            throw Error(
                TransformationParameter.RandomResizedCropFieldNumber,
                $"random_resized_crop makes images of {shape} too large",
                $"at most {int.MaxValue / 2 / shape.Channels} pixels a channel");
        }
    }

    private CnnException Error(int field, string text, string? hint = null) =>
        context.Error(parameter, field, text, hint);
}
