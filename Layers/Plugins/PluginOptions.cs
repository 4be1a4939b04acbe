using Cnn.Proto;

namespace Cnn.Layers.Plugins;

/// <summary>
/// Turns the free-form <c>plugin_param { ... }</c> of a layer into an options record of the plug-in's own.
/// </summary>
public static class PluginOptions
{
    /// <summary>
    /// Binds the block to a plain record or class. Its constructor's parameters and its settable properties are the
    /// options: <c>NumOutput</c> is written <c>num_output</c>. They may be integers, floats, booleans, strings, enums,
    /// further records, arrays and read-only lists of these, and nullable. What has a default, is nullable, is a list
    /// or is a property not marked <c>required</c> may be left out. Validation attributes such as
    /// <see cref="System.ComponentModel.DataAnnotations.RangeAttribute"/> are checked, and an
    /// <see cref="ArgumentException"/> of the constructor is an error of the user's.
    /// </summary>
    /// <exception cref="CnnException">
    /// Options are unknown, missing, given twice, of the wrong type or out of range: all of them, each at its place.
    /// </exception>
    public static TOptions Bind<TOptions>(LayerContext context)
        where TOptions : class
    {
        PluginParameter block = context.Parameter.PluginParam ?? new PluginParameter();
        var binder = new OptionBinder(context);
        object? options = binder.BindBlock(block, typeof(TOptions), $"a {context.Parameter.Type} layer");
        binder.ThrowIfWrong();
        return (TOptions)options!;
    }
}
