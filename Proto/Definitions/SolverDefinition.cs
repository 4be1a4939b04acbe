using System.Runtime.CompilerServices;
using YamlDotNet.Core;

namespace Cnn.Proto;

/// <summary>The definition of how a net is trained: read from a file, or assembled in code.</summary>
public sealed class SolverDefinition : Definition<SolverParameter>
{
    /// <summary>Creates a definition for a net, its training and its test phase.</summary>
    /// <param name="net">The net.</param>
    /// <param name="options">
    /// Fields of a solver file: <c>new { type = "Adam", base_lr = 0.001, lr_policy = "fixed", max_iter = 1000 }</c>.
    /// </param>
    /// <param name="file">The caller's file, for errors.</param>
    /// <param name="line">The caller's line, for errors.</param>
    /// <exception cref="CnnException">An option is unknown or of the wrong type.</exception>
    public SolverDefinition(
        NetDefinition net, object options, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
        : base(Bind(net, options, file, line), net.Sources, net.Files) => Warnings = net.Warnings;

    /// <summary>Creates a definition from a message in the current format.</summary>
    /// <param name="message">The message; it must not change while solvers are built from it.</param>
    public SolverDefinition(SolverParameter message)
        : base(message)
    {
    }

    internal SolverDefinition(SolverParameter message, SourceMap sources, PathResolver? files = null)
        : base(message, sources, files)
    {
    }

    /// <summary>Reads a solver file: prototxt, YAML or binary.</summary>
    /// <exception cref="CnnException">
    /// The file cannot be read or is wrong; the exception carries all mistakes.
    /// </exception>
    public static SolverDefinition Load(string path) => ProtoFile.LoadSolver(path);

    private static SolverParameter Bind(NetDefinition net, object options, string file, int line)
    {
        YamlNode map = new OptionTree(new Mark(0, line, 1)).Map(options);
        var message = (SolverParameter)NetDefinition.Bind(SolverParameter.Descriptor, map, net.Sources, file);
        message.NetParam = net.Message;
        return message;
    }
}
