using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Cnn.Proto;

/// <summary>
/// Scale, mean file, crop and mirror of V1 data layers, out of the data message into <c>transform_param</c>. In layers of
/// the current format these old fields are ignored, as Caffe does.
/// </summary>
internal static class DataTransformationUpgrade
{
    private static readonly string[] Fields = ["scale", "mean_file", "crop_size", "mirror"];

    public static void Apply(NetParameter net, SourceMap sources)
    {
        FieldDescriptor transform = V1LayerParameter.Descriptor.FindFieldByName("transform_param");
        foreach (V1LayerParameter layer in net.Layers)
        {
            if (DataMessageOf(layer) is not { } data)
            {
                continue;
            }

            foreach (string name in Fields)
            {
                FieldDescriptor field = data.Descriptor.FindFieldByName(name);
                if (field.Accessor.HasValue(data))
                {
                    IMessage target = FieldMove.Child(layer, transform, sources.Find(data, field.FieldNumber), sources);
                    FieldMove.Move(data, field, target, transform.MessageType.FindFieldByName(name), sources);
                    field.Accessor.Clear(data);
                }
            }
        }
    }

    private static IMessage? DataMessageOf(V1LayerParameter layer) => layer.Type switch
    {
        V1LayerParameter.Types.LayerType.Data => layer.DataParam,
        V1LayerParameter.Types.LayerType.ImageData => layer.ImageDataParam,
        V1LayerParameter.Types.LayerType.WindowData => layer.WindowDataParam,
        _ => null,
    };
}
