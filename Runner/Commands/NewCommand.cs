using System.CommandLine;
using Cnn.Runner.Commands.Support;
using Cnn.Runner.Display;
using Cnn.Runner.Starters;

namespace Cnn.Runner.Commands;

/// <summary><c>cnn new</c>: writes a net and a solver to start from.</summary>
internal static class NewCommand
{
    /// <summary>Creates the command.</summary>
    public static Command Create(CommandConsole console)
    {
        Argument<string?> name = OptionValues.OfPath(new Argument<string?>("name")
        {
            Description = "The starter; without it all are listed.",
            HelpName = "name",
            Arity = ArgumentArity.ZeroOrOne,
        });
        name.CompletionSources.Add([.. StarterCatalog.All.Select(starter => starter.Name)]);
        var list = new Option<bool>("--list") { Description = "List the starters." };
        var yaml = new Option<bool>("--yaml") { Description = "Write the net and the solver in YAML." };
        Option<string?> to = OptionValues.OfPath(new Option<string?>("--to")
        {
            Description = "The folder to write into, created if necessary; one of the starter's name if not given.",
            HelpName = "folder",
        });
        var force = new Option<bool>("--force") { Description = "Replace files that exist." };
        var command = new CommandWithExamples(
            "new",
            "Writes a net and a solver to start from, with a comment on each line, and says what to run next.",
            "cnn new lenet",
            "cnn new images --yaml --to pets")
        {
            name, list, yaml, to, force,
        };
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(name) is not { } given || parsed.GetValue(list))
            {
                List(console.Out);
                return ExitCode.Done;
            }

            Starter starter = StarterCatalog.Find(given);
            string folder = parsed.GetValue(to) ?? starter.Name;
            bool isYaml = parsed.GetValue(yaml);
            foreach (string path in StarterWriter.Write(starter.Files(isYaml), folder, parsed.GetValue(force)))
            {
                console.Out.WriteLine($"Wrote {path}");
            }

            SayWhatIsNext(starter, folder, isYaml, console.Out);
            return ExitCode.Done;
        });
        return command;
    }

    private static void List(TextWriter output)
    {
        int width = StarterCatalog.All.Max(starter => starter.Name.Length);
        foreach (Starter starter in StarterCatalog.All)
        {
            output.WriteLine($"{starter.Name.PadRight(width)}  {starter.Summary}");
        }

        output.WriteLine();
        output.WriteLine("'cnn new NAME' writes one.");
    }

    private static void SayWhatIsNext(Starter starter, string folder, bool isYaml, TextWriter output)
    {
        output.WriteLine();
        if (starter.NeedsFor(isYaml) is { } needs)
        {
            output.WriteLine(needs);
            output.WriteLine();
        }

        output.WriteLine("Next:");
        if (Path.GetFullPath(folder) != Environment.CurrentDirectory)
        {
            output.WriteLine($"  cd {Quoted(folder)}");
        }

        foreach (string command in starter.CommandsFor(isYaml))
        {
            output.WriteLine($"  {command}");
        }
    }

    private static string Quoted(string path) => path.Any(char.IsWhiteSpace) ? $"\"{path}\"" : path;
}
