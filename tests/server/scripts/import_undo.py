# Takes an import back, articles included.
env["jxc.import"].browse(record).action_undo()
env.cr.commit()
