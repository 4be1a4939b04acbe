using Cnn.Engine.Distributed.Mpi;
using Cnn.Engine.Export.Onnx;

namespace Cnn.Runner.Commands.Support;

/// <summary>The environment variables that the program reads.</summary>
internal static class ProgramVariable
{
    /// <summary>Asks for stack traces where it is 1.</summary>
    public const string Trace = "CNN_TRACE";

    /// <summary>The variables and what they do, for the help and the manual.</summary>
    public static IReadOnlyList<(string Name, string Meaning)> Meanings { get; } =
    [
        (Trace, "1 does what --verbose does"),
        (OnnxRuntimeLibrary.FolderVariable, "the folder of ONNX Runtime's library, with which exports are checked"),
        (MpiLibrary.FileVariable, "the file of the MPI library by which several processes run a command together"),
        ("NO_COLOR", "keeps the panel of train without colours, if it is set"),
        ("TERM", "'dumb' shows progress in plain lines, as --plain does and output that is no terminal"),
        ("CI", "shows progress in plain lines, if it is set"),
    ];
}
