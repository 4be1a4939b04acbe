using Cnn.Proto;

namespace Cnn.Layers.Data.Transform;

/// <content>What the definition tells of images that are not here.</content>
internal sealed partial class DataTransformer
{
    private const int ColorChannels = 3;

    /// <summary>
    /// Whether the mean file is not here in a net that makes up what is missing; the mean is 0 then.
    /// </summary>
    public bool LacksMean => context.MadeUp is not null
        && parameter.MeanFile.Length > 0
        && !Path.Exists(context.Files.Find(parameter.MeanFile));

    /// <summary>
    /// Returns what is known of the shape that images have behind the transformation: from the crops, the source's own
    /// parameters, the mean file, and for the channels also from the mean values, or 3. A size of 0 is not known.
    /// </summary>
    /// <param name="told">What the source's own parameters tell of its images; 0 where they tell nothing.</param>
    /// <exception cref="CnnException">The padding makes the images too large.</exception>
    public ImageShape MadeUpShape(ImageShape told)
    {
        int channels = told.Channels > 0 ? told.Channels
            : parameter.ForceGray ? 1
            : parameter.ForceColor ? ColorChannels
            : mean is not null ? meanShape.Channels
            : meanValues.Length > 1 ? meanValues.Length
            : ColorChannels;
        if (resizedCrop is not null)
        {
            return new ImageShape(channels, resizedCrop.Height, resizedCrop.Width);
        }

        if (cropHeight > 0)
        {
            return new ImageShape(channels, cropHeight, cropWidth);
        }

        if (resizes.Length > 0 && resizes[0].IsFixed)
        {
            return resizes[0].ShapeOf(new ImageShape(channels, 1, 1));
        }

        ImageShape image = told.Height > 0 || mean is null ? told with { Channels = channels } : meanShape;
        return image.Height > 0 && pad > 0 ? Padded(image) : image;
    }

    /// <summary>Returns images of noise, with the mean values and the scale of real ones.</summary>
    /// <param name="shape">Their shape behind the transformation.</param>
    /// <exception cref="CnnException">There are mean values for another number of channels.</exception>
    public MadeUpImages MakeUp(ImageShape shape)
    {
        CheckMeanValues(shape);
        return new MadeUpImages
        {
            Key = key,
            Shape = shape,
            ChannelMean = ChannelMean(shape.Channels),
            Scale = parameter.Scale,
        };
    }

    /// <summary>Warns of a mean file that is not here.</summary>
    public void WarnOfMean()
    {
        if (LacksMean)
        {
            context.Warning(
                parameter,
                TransformationParameter.MeanFileFieldNumber,
                $"the mean is made up, 0: '{parameter.MeanFile}' is not here");
        }
    }
}
