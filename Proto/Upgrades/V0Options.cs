using Google.Protobuf.Reflection;
using LayerType = Cnn.Proto.V1LayerParameter.Types.LayerType;

namespace Cnn.Proto;

/// <summary>The options of a V0 layer, each to the parameter message and field where its type has it.</summary>
internal static class V0Options
{
    // V0 field, then for each type the message and field that it becomes.
    private static readonly Dictionary<string, Dictionary<LayerType, string>> Places = new()
    {
        ["num_output"] = ConvolutionAnd("num_output", (LayerType.InnerProduct, "inner_product_param.num_output")),
        ["biasterm"] = ConvolutionAnd("bias_term", (LayerType.InnerProduct, "inner_product_param.bias_term")),
        ["weight_filler"] = ConvolutionAnd("weight_filler", (LayerType.InnerProduct, "inner_product_param.weight_filler")),
        ["bias_filler"] = ConvolutionAnd("bias_filler", (LayerType.InnerProduct, "inner_product_param.bias_filler")),
        ["pad"] = ConvolutionAnd("pad", (LayerType.Pooling, "pooling_param.pad")),
        ["kernelsize"] = ConvolutionAnd("kernel_size", (LayerType.Pooling, "pooling_param.kernel_size")),
        ["stride"] = ConvolutionAnd("stride", (LayerType.Pooling, "pooling_param.stride")),
        ["group"] = ConvolutionAnd("group"),
        ["pool"] = new() { [LayerType.Pooling] = "pooling_param.pool" },
        ["dropout_ratio"] = new() { [LayerType.Dropout] = "dropout_param.dropout_ratio" },
        ["local_size"] = new() { [LayerType.Lrn] = "lrn_param.local_size" },
        ["alpha"] = new() { [LayerType.Lrn] = "lrn_param.alpha" },
        ["beta"] = new() { [LayerType.Lrn] = "lrn_param.beta" },
        ["k"] = new() { [LayerType.Lrn] = "lrn_param.k" },
        ["source"] = new()
        {
            [LayerType.Data] = "data_param.source",
            [LayerType.Hdf5Data] = "hdf5_data_param.source",
            [LayerType.ImageData] = "image_data_param.source",
            [LayerType.WindowData] = "window_data_param.source",
            [LayerType.InfogainLoss] = "infogain_loss_param.source",
        },
        ["batchsize"] = new()
        {
            [LayerType.Data] = "data_param.batch_size",
            [LayerType.Hdf5Data] = "hdf5_data_param.batch_size",
            [LayerType.ImageData] = "image_data_param.batch_size",
            [LayerType.WindowData] = "window_data_param.batch_size",
        },
        ["rand_skip"] = new()
        {
            [LayerType.Data] = "data_param.rand_skip",
            [LayerType.ImageData] = "image_data_param.rand_skip",
        },
        ["shuffle_images"] = new() { [LayerType.ImageData] = "image_data_param.shuffle" },
        ["new_height"] = new() { [LayerType.ImageData] = "image_data_param.new_height" },
        ["new_width"] = new() { [LayerType.ImageData] = "image_data_param.new_width" },
        ["concat_dim"] = new() { [LayerType.Concat] = "concat_param.concat_dim" },
        ["det_fg_threshold"] = new() { [LayerType.WindowData] = "window_data_param.fg_threshold" },
        ["det_bg_threshold"] = new() { [LayerType.WindowData] = "window_data_param.bg_threshold" },
        ["det_fg_fraction"] = new() { [LayerType.WindowData] = "window_data_param.fg_fraction" },
        ["det_context_pad"] = new() { [LayerType.WindowData] = "window_data_param.context_pad" },
        ["det_crop_mode"] = new() { [LayerType.WindowData] = "window_data_param.crop_mode" },
        ["hdf5_output_param"] = new() { [LayerType.Hdf5Output] = "hdf5_output_param" },
    };

    // These go to the transformation, whatever the type.
    private static readonly Dictionary<string, string> Transforms = new()
    {
        ["scale"] = "transform_param.scale",
        ["meanfile"] = "transform_param.mean_file",
        ["cropsize"] = "transform_param.crop_size",
        ["mirror"] = "transform_param.mirror",
    };

    // What the upgrade copies itself, and what no layer ever used.
    private static readonly HashSet<string> Elsewhere =
        ["name", "type", "blobs", "blobs_lr", "weight_decay", "new_num", "new_channels"];

    /// <summary>Copies every option that is set.</summary>
    /// <remarks>An option that the layer's type does not have is left out, as Caffe leaves it out.</remarks>
    public static void Copy(V0LayerParameter from, V1LayerParameter to, Func<string, string?, CnnException> error)
    {
        foreach (FieldDescriptor field in V0LayerParameter.Descriptor.Fields.InDeclarationOrder())
        {
            if (field.IsRepeated || !field.Accessor.HasValue(from) || Elsewhere.Contains(field.Name))
            {
                continue;
            }

            if (Transforms.TryGetValue(field.Name, out string? place)
                || (Places.TryGetValue(field.Name, out var places) && places.TryGetValue(to.Type, out place)))
            {
                Put(to, place, field.Accessor.GetValue(from), error);
            }
        }
    }

    private static Dictionary<LayerType, string> ConvolutionAnd(string field, params (LayerType Type, string Place)[] more)
    {
        var places = new Dictionary<LayerType, string> { [LayerType.Convolution] = "convolution_param." + field };
        foreach (var (type, place) in more)
        {
            places[type] = place;
        }

        return places;
    }

    private static void Put(V1LayerParameter layer, string place, object value, Func<string, string?, CnnException> error)
    {
        string[] names = place.Split('.');
        FieldDescriptor outer = V1LayerParameter.Descriptor.FindFieldByName(names[0]);
        if (names.Length == 1)
        {
            outer.Accessor.SetValue(layer, value);
            return;
        }

        if (outer.Accessor.GetValue(layer) is not Google.Protobuf.IMessage message)
        {
            message = (Google.Protobuf.IMessage)Activator.CreateInstance(outer.MessageType.ClrType)!;
            outer.Accessor.SetValue(layer, message);
        }

        FieldDescriptor inner = outer.MessageType.FindFieldByName(names[1]);
        if (inner.FieldType == FieldType.Enum)
        {
            value = Enum.ToObject(inner.EnumType.ClrType, value);
        }
        else if (inner.FieldType == FieldType.UInt32 && value is int signed)
        {
            value = signed >= 0 ? (uint)signed : throw error($"{names[1]} is {signed}", "it must be 0 or more");
        }

        if (inner.IsRepeated)
        {
            ((System.Collections.IList)inner.Accessor.GetValue(message)).Add(value);
        }
        else
        {
            inner.Accessor.SetValue(message, value);
        }
    }
}
