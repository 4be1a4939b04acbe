using System.CommandLine;
using Cnn.Proto;

namespace Cnn.Campaigns.Running;

/// <summary>
/// The command line of the campaigns. Ends with 0, with 1 for wrong usage, or with 2 where there are findings.
/// </summary>
internal static class CampaignProgram
{
    /// <summary>Every campaign of this program.</summary>
    public static IReadOnlyList<ICampaign> Campaigns { get; } =
    [
        .. typeof(ICampaign).Assembly.GetTypes()
            .Where(t => t.IsAssignableTo(typeof(ICampaign)) && !t.IsAbstract)
            .Select(t => (ICampaign)Activator.CreateInstance(t)!)
            .OrderBy(c => c.Name, StringComparer.Ordinal),
    ];

    /// <summary>Runs the program and returns its exit code.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        var root = new RootCommand(
            "Long, seeded searches for what breaks the promises of Cnn. Each goes on where it stopped.");
        var state = new Option<string>("--state")
        {
            Description = "The folder where campaigns keep how far they are.",
            DefaultValueFactory = _ => "artifacts/campaigns",
            Recursive = true,
        };
        root.Options.Add(state);
        foreach (ICampaign campaign in Campaigns)
        {
            root.Subcommands.Add(Command(campaign, state, output));
        }

        var report = new Command("report", "Prints what the kept states tell, as a table in Markdown.");
        report.SetAction(parsed => output.Write(CampaignReport.Of(parsed.GetValue(state)!)));
        root.Subcommands.Add(report);
        ParseResult parsed = root.Parse(args);
        try
        {
            return parsed.Invoke(new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
            });
        }
        catch (Exception wrong) when (wrong is CnnException or InvalidDataException)
        {
            error.WriteLine(wrong.Message);
            return 1;
        }
    }

    private static Command Command(ICampaign campaign, Option<string> state, TextWriter output)
    {
        var command = new Command(campaign.Name, campaign.Promise);
        var minutes = new Option<double?>("--minutes") { Description = "The time for all parts together." };
        var cases = new Option<long?>("--cases") { Description = "The most cases of each part." };
        var seed = new Option<ulong>("--seed") { Description = "The seed.", DefaultValueFactory = _ => 1 };
        var only = new Option<string[]>("--only")
        {
            Description = $"Parts to run: {string.Join(", ", campaign.Parts)}.",
            AllowMultipleArgumentsPerToken = true,
        };
        var one = new Option<long?>("--case") { Description = "Runs one case of one part again and keeps nothing." };
        foreach (Option option in new Option[] { minutes, cases, seed, only, one })
        {
            command.Options.Add(option);
        }

        command.SetAction(parsed =>
        {
            var options = new CampaignOptions
            {
                Seed = parsed.GetValue(seed),
                Time = parsed.GetValue(minutes) is { } m ? TimeSpan.FromMinutes(m) : null,
                Cases = parsed.GetValue(cases),
                Parts = parsed.GetValue(only) ?? [],
                OnlyCase = parsed.GetValue(one),
                Folder = parsed.GetValue(state),
            };
            if (options is { Time: null, Cases: null, OnlyCase: null })
            {
                options = options with { Time = TimeSpan.FromMinutes(1) };
            }

            return CampaignRunner.Run(campaign, options, output, TimeProvider.System) > 0 ? 2 : 0;
        });
        return command;
    }
}
