using System.Collections.Frozen;
using System.Globalization;
using Google.Protobuf.Reflection;

namespace Cnn.Proto.Forks;

/// <summary>
/// The fields of forks that a net computes the same without: choices of an engine, precision, scheduling, files to
/// write besides, and Intel's whole-number arithmetic on weights that are stored as real numbers. Scales and zero
/// points of stored whole numbers are among them only where they change nothing.
/// </summary>
internal static class IgnoredFields
{
    // Fields with one meaning wherever they stand.
    private static readonly FrozenSet<string> Anywhere = FrozenSet.Create(
        StringComparer.Ordinal,
        "engine", "conv_algorithm", "fusion_type", "per_fla_fuse", "cudnn_convolution_algo_seeker",
        "cudnn_math_override", "forward_type", "backward_type", "forward_math", "backward_math");

    // Fields that the table has to know in the message where they stand.
    private static readonly FrozenSet<string> WhereKnown = FrozenSet.Create(
        StringComparer.Ordinal,
        "compile_net_state", "bn_stats_batch_size", "multinode",
        "default_cudnn_math_override", "default_conv_algos_override", "reduce_buckets", "eltwise_mem_sharing", "debug",
        "reshape_every_iter", "default_forward_type", "default_backward_type", "default_forward_math",
        "default_backward_math", "global_grad_scale", "global_grad_scale_adaptive", "solver_data_type",
        "store_blobs_in_old_format", "visualize", "visualize_threshold", "save_file", "save_output_param",
        "label_map_file", "threads", "parser_threads", "cache",
        "cudnn_worspace_allow_on_groups", "cudnn_enable_tensor_cores", "use_cudnn_rnn8_if_supported",
        "quantize_method", "quantization_param");

    // What the fields of whole-number arithmetic are where they change nothing.
    private static readonly FrozenDictionary<string, Func<string, bool>> Neutral =
        new Dictionary<string, Func<string, bool>>
        {
            ["input_scale"] = IsOne,
            ["output_scale"] = IsOne,
            ["weight_scale"] = IsOne,
            ["input_zero_point"] = IsZero,
            ["output_zero_point"] = IsZero,
            ["weight_zero_point"] = IsZero,
            ["bias_zero_point"] = IsZero,
            ["saturate"] = word => word is "None" or "0",
        }.ToFrozenDictionary();

    /// <summary>Whether a field that the schema does not have is one of these, if its value allows it.</summary>
    public static bool Has(MessageDescriptor message, string name) =>
        Anywhere.Contains(name)
        || ((WhereKnown.Contains(name) || Neutral.ContainsKey(name))
            && ForkTable.ForksWith(message.Name, name) is not null);

    /// <summary>
    /// Whether an unknown value is one of these: another program's engine, as in <c>engine: MKL2017</c>.
    /// </summary>
    public static bool HasValue(FieldDescriptor field, string word) =>
        field.FieldType == FieldType.Enum
        && field.EnumType.Name == "Engine"
        && word is "MKL2017" or "MKLDNN" or "CUDNN";

    /// <summary>Returns what is wrong with the value of a field of these; null when it changes nothing.</summary>
    /// <param name="message">The message that the field is in.</param>
    /// <param name="field">The field with its values.</param>
    public static (string Message, string Hint)? Problem(MessageDescriptor message, PluginOption field)
    {
        bool isNeutral = !Neutral.TryGetValue(field.Name, out Func<string, bool>? holds)
            || field.Value.All(v => holds(v.Scalar));
        return isNeutral
            ? null
            : ($"field '{field.Name}' of {message.Name} is of {ForkTable.ForksWith(message.Name, field.Name)}, for "
                + "whole-number arithmetic, and is not at its default",
                "the net computes something else without it; use the float net that this one was made from");
    }

    private static bool IsOne(string word) => Is(word, 1);

    private static bool IsZero(string word) => Is(word, 0);

    private static bool Is(string word, double number) =>
        double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && value == number;
}
