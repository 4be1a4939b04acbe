using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <summary>
/// Binds the free-form <c>plugin_param { ... }</c> of a layer, or the <c>param_str</c> of one of type <c>Python</c>, to
/// an options record of the plug-in.
/// </summary>
public static class PluginOptions
{
    /// <summary>
    /// Binds the block to a plain record or class. Its constructor's parameters and its settable properties are the
    /// options: <c>NumOutput</c> is written <c>num_output</c>. They may be integers, floats, booleans, strings, enums,
    /// nested records, arrays and read-only lists of these, and nullable. An option that has a default, is nullable, is
    /// a list or is a property not marked <c>required</c> may be left out. Validation attributes such as
    /// <see cref="System.ComponentModel.DataAnnotations.RangeAttribute"/> are checked, and an
    /// <see cref="ArgumentException"/> of the constructor is reported as an error of the user.
    /// </summary>
    /// <remarks>
    /// A <c>param_str</c> is YAML, as Caffe's Python layers read it: one map, such as <c>'scales': [8, 16, 32]</c>.
    /// </remarks>
    /// <exception cref="CnnException">
    /// Options are unknown, missing, given twice, of the wrong type or out of range; the exception lists all of them,
    /// each with its location.
    /// </exception>
    public static TOptions Bind<TOptions>(LayerContext context)
        where TOptions : class
    {
        PluginParameter block = BlockOf(context);
        var binder = new OptionBinder(context);
        object? options = binder.BindBlock(block, typeof(TOptions), $"a {context.Parameter.Type} layer");
        binder.ThrowIfWrong();
        return (TOptions)options!;
    }
    private static PluginParameter BlockOf(LayerContext context)
    {
        if (context.Parameter.PluginParam is not null
            || context.Parameter.PythonParam is not { HasParamStr: true } python)
        {
            return context.Parameter.PluginParam ?? new PluginParameter();
        }

        try
        {
            return PythonText.Parse(python.ParamStr);
        }
        catch (CnnException exception)
        {
            Diagnostic first = exception.Diagnostics[0];
            throw context.Error(
                python,
                PythonParameter.ParamStrFieldNumber,
                $"param_str is wrong at line {first.Location?.Line}, column {first.Location?.Column}: {first.Message}",
                first.Hint ?? "it is YAML: one map, such as \"'feat_stride': 16\"");
        }
    }
}
