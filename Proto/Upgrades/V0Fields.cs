using System.Collections.Frozen;

namespace Cnn.Proto;

/// <summary>
/// Maps the fields of V0's single layer message to V1, where each layer type has a parameter message.
/// </summary>
internal static class V0Fields
{
    private const string Transform = "transform_param";

    /// <summary>
    /// V0's type names with V1's names and the parameter message of the type; null for types without one.
    /// </summary>
    public static FrozenDictionary<string, (string V1Type, string? Message)> Types { get; } =
        new Dictionary<string, (string, string?)>
        {
            ["accuracy"] = ("ACCURACY", null),
            ["bnll"] = ("BNLL", null),
            ["concat"] = ("CONCAT", "concat_param"),
            ["conv"] = ("CONVOLUTION", "convolution_param"),
            ["data"] = ("DATA", "data_param"),
            ["dropout"] = ("DROPOUT", "dropout_param"),
            ["euclidean_loss"] = ("EUCLIDEAN_LOSS", null),
            ["flatten"] = ("FLATTEN", null),
            ["hdf5_data"] = ("HDF5_DATA", "hdf5_data_param"),
            ["hdf5_output"] = ("HDF5_OUTPUT", "hdf5_output_param"),
            ["im2col"] = ("IM2COL", null),
            ["images"] = ("IMAGE_DATA", "image_data_param"),
            ["infogain_loss"] = ("INFOGAIN_LOSS", "infogain_loss_param"),
            ["innerproduct"] = ("INNER_PRODUCT", "inner_product_param"),
            ["lrn"] = ("LRN", "lrn_param"),
            ["multinomial_logistic_loss"] = ("MULTINOMIAL_LOGISTIC_LOSS", null),
            ["pool"] = ("POOLING", "pooling_param"),
            ["relu"] = ("RELU", null),
            ["sigmoid"] = ("SIGMOID", null),
            ["softmax"] = ("SOFTMAX", null),
            ["softmax_loss"] = ("SOFTMAX_LOSS", null),
            ["split"] = ("SPLIT", null),
            ["tanh"] = ("TANH", null),
            ["window_data"] = ("WINDOW_DATA", "window_data_param"),
        }.ToFrozenDictionary();

    private static readonly FrozenDictionary<string, Rule> Rules = new Rule[]
    {
        new("num_output", "num_output", "conv", "innerproduct"),
        new("biasterm", "bias_term", "conv", "innerproduct"),
        new("weight_filler", "weight_filler", "conv", "innerproduct"),
        new("bias_filler", "bias_filler", "conv", "innerproduct"),
        new("pad", "pad", "conv", "pool"),
        new("kernelsize", "kernel_size", "conv", "pool"),
        new("stride", "stride", "conv", "pool"),
        new("group", "group", "conv"),
        new("pool", "pool", "pool"),
        new("dropout_ratio", "dropout_ratio", "dropout"),
        new("local_size", "local_size", "lrn"),
        new("alpha", "alpha", "lrn"),
        new("beta", "beta", "lrn"),
        new("k", "k", "lrn"),
        new("source", "source", "data", "hdf5_data", "images", "window_data", "infogain_loss"),
        new("batchsize", "batch_size", "data", "hdf5_data", "images", "window_data"),
        new("rand_skip", "rand_skip", "data", "images"),
        new("shuffle_images", "shuffle", "images"),
        new("new_height", "new_height", "images"),
        new("new_width", "new_width", "images"),
        new("concat_dim", "concat_dim", "concat"),
        new("det_fg_threshold", "fg_threshold", "window_data"),
        new("det_bg_threshold", "bg_threshold", "window_data"),
        new("det_fg_fraction", "fg_fraction", "window_data"),
        new("det_context_pad", "context_pad", "window_data"),
        new("det_crop_mode", "crop_mode", "window_data"),
        new("scale", "scale"),
        new("meanfile", "mean_file"),
        new("cropsize", "crop_size"),
        new("mirror", "mirror"),
    }.ToFrozenDictionary(r => r.From);

    /// <summary>
    /// Returns the message and field that a V0 field of a layer type goes to; null when the type has no use for it.
    /// </summary>
    public static (string Message, string Field)? TargetOf(string field, string type) =>
        !Rules.TryGetValue(field, out Rule? rule) ? null
        : rule.Types.Length == 0 ? (Transform, rule.To)
        : rule.Types.Contains(type) ? (Types[type].Message!, rule.To)
        : null;

    // A rule without types moves its field to the transformation, whatever the layer.
    private sealed record Rule(string From, string To, params string[] Types);
}
