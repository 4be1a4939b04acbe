using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Moves scale, mean file, crop and mirror of V1 data layers out of the data message into <c>transform_param</c>. In
/// layers of the current format these old fields are ignored, as in Caffe.
/// </summary>
internal static class DataTransformationUpgrade
{
    private static readonly string[] Fields = ["scale", "mean_file", "crop_size", "mirror"];

    /// <summary>
    /// Moves the fields in place. As soon as one layer of a net has any, all its data layers get both messages, even if
    /// these are empty.
    /// </summary>
    public static void Apply(NetParameter net, SourceMap sources)
    {
        if (!net.Layers.Any(HasOldFields))
        {
            return;
        }

        FieldDescriptor transform = V1LayerParameter.Descriptor.FindFieldByName("transform_param");
        foreach (V1LayerParameter layer in net.Layers)
        {
            if (DataFieldOf(layer) is not { } holder)
            {
                continue;
            }

            SourceLocation? at = sources.Find(layer);
            IMessage data = FieldMove.Child(layer, holder, at, sources);
            IMessage target = FieldMove.Child(layer, transform, FirstOldField(data, sources) ?? at, sources);
            foreach (string name in Fields)
            {
                FieldDescriptor field = data.Descriptor.FindFieldByName(name);
                if (field.Accessor.HasValue(data))
                {
                    FieldMove.Move(data, field, target, transform.MessageType.FindFieldByName(name), sources);
                    field.Accessor.Clear(data);
                }
            }
        }
    }

    private static bool HasOldFields(V1LayerParameter layer) =>
        DataFieldOf(layer)?.Accessor.GetValue(layer) is IMessage data
        && Fields.Any(name => data.Descriptor.FindFieldByName(name).Accessor.HasValue(data));

    private static SourceLocation? FirstOldField(IMessage data, SourceMap sources) => Fields
        .Select(name => sources.Find(data, data.Descriptor.FindFieldByName(name).FieldNumber))
        .FirstOrDefault(at => at is not null);

    private static FieldDescriptor? DataFieldOf(V1LayerParameter layer) => layer.Type switch
    {
        V1LayerParameter.Types.LayerType.Data => V1LayerParameter.Descriptor.FindFieldByName("data_param"),
        V1LayerParameter.Types.LayerType.ImageData or V1LayerParameter.Types.LayerType.VideoData =>
            V1LayerParameter.Descriptor.FindFieldByName("image_data_param"),
        V1LayerParameter.Types.LayerType.WindowData => V1LayerParameter.Descriptor.FindFieldByName("window_data_param"),
        _ => null,
    };
}
